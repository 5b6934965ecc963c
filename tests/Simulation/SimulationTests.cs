using System.Diagnostics;
using System.Globalization;
using ViViT.Simulation.Tests.Store;

namespace ViViT.Simulation.Tests;

/// <summary>
/// The orchestrator on a virtual clock: silos, workers and users as actors whose every step is drawn from the seed; rows in memory; every decision the
/// product's own. A seed always plays out the same. VIVIT_SIM_SEED plays one of them and prints what happens;
/// VIVIT_SIM_SEEDS plays more or fewer of them.
/// </summary>
public sealed class SimulationTests(ITestOutputHelper output)
{
    private const string SeedVariable = "VIVIT_SIM_SEED";
    private const string CountVariable = "VIVIT_SIM_SEEDS";

    // A mistake shows sooner: most within a few, the rarest within some hundreds.
    private const int Enough = 3_000;

    private static readonly int Seeds = int.Parse(Environment.GetEnvironmentVariable(CountVariable) ?? "10000", CultureInfo.InvariantCulture);

    [Fact]
    public void No_interleaving_of_ten_thousand_breaks_a_promise()
    {
        if (Environment.GetEnvironmentVariable(SeedVariable) is { Length: > 0 } one)
        {
            Replay(int.Parse(one, CultureInfo.InvariantCulture));
            return;
        }

        var watch = Stopwatch.StartNew();
        var (failed, happened, granted) = (new List<(int Seed, string Violation)>(), 0L, 0L);
        Parallel.For(0, Seeds, (seed, all) =>
        {
            var world = World.Run(seed);
            Interlocked.Add(ref happened, world.Happened);
            Interlocked.Add(ref granted, world.Store.Experiments.Values.Sum(e => e.Attempt));
            if (world.Violation is not { } violation) return;
            lock (failed) failed.Add((seed, violation));
        });
        output.WriteLine($"{Seeds} seeds, {happened} events, {granted} attempts in {watch.Elapsed.TotalSeconds:0.0} s");

        Assert.True(failed.Count == 0, $"{failed.Count} of {Seeds} seeds break a promise. The first of them:\n"
            + string.Join('\n', failed.Order().Take(5).Select(one => $"seed {one.Seed}: {one.Violation}\n  replay: {SeedVariable}={one.Seed} ./test Simulation")));
        Assert.True(granted > 2L * Seeds, $"Only {granted} attempts were made: the simulation simulates nothing.");
    }

    [Fact]
    public void A_seed_plays_out_the_same_each_time()
    {
        for (var seed = 0; seed < 40; seed++)
        {
            Assert.Equal(World.Run(seed, traced: true).Trace, World.Run(seed, traced: true).Trace);
        }
    }

    [Theory]
    [InlineData(StoreFault.FenceUnchecked)]
    [InlineData(StoreFault.FlushNumberUnchecked)]
    [InlineData(StoreFault.LimitUnlocked)]
    [InlineData(StoreFault.VersionUnchecked)]
    [InlineData(StoreFault.BackoffIgnored)]
    [InlineData(StoreFault.GroupForgotten)]
    [InlineData(StoreFault.LineageUncut)]
    [InlineData(StoreFault.SummaryLeftCut)]
    [InlineData(StoreFault.JudgementUnnumbered)]
    public void A_store_with_a_mistake_is_found_out(StoreFault fault)
    {
        for (var seed = 0; seed < Enough; seed++)
        {
            if (World.Run(seed, fault).Violation is not { } violation) continue;
            output.WriteLine($"{fault} shows with seed {seed}: {violation}");
            return;
        }

        Assert.Fail($"{Enough} seeds do not notice the mistake {fault}: the simulation is blind to it.");
    }

    // To the console: the runner keeps the output of a test that passes to itself.
    private static void Replay(int seed)
    {
        var world = World.Run(seed, traced: true);
        foreach (var line in world.Trace) Console.WriteLine(line);
        Console.WriteLine($"{world.Happened} events, {world.Agenda.Now.TotalSeconds:0.0} s of virtual time");
        Assert.True(world.Violation is null, $"seed {seed}: {world.Violation}");
    }
}
