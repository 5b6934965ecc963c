using ViViT.Contracts.Specs;

namespace ViViT.Bench.Orchestrator;

/// <summary>A queue that grows step by step; at each step reads, the cost of an experiment, and at the end the silo's memory.</summary>
internal static class Growth
{
    public static readonly string[] Parts = ["status", "memory", "curve"];

    private const int Slots = 8;

    public static async Task Run(Stack stack, Sizes sizes, IReadOnlySet<string> wanted)
    {
        Report.Title($"growth: a queue of up to {sizes.Queue[^1]:N0} experiments ({string.Join(", ", Parts.Where(wanted.Contains))})");
        await using var worker = await FakeWorker.Start(stack.Api, Slots);
        await Submitted(stack, 1_000);
        await worker.Work(Slots, 900); // the silo's first steps are its slowest
        var (before, submits, costs) = (stack.Silo.Memory().Now, new List<Submit>(), new List<(int Queued, double Milliseconds)>());
        var databaseBefore = await DatabaseBytes(stack);
        foreach (var size in sizes.Queue)
        {
            var queued = submits.Sum(submit => submit.Experiments);
            while (queued < size)
            {
                var experiments = Math.Min(size - queued, SweepExpansion.MaxCells);
                submits.Add(await Submitted(stack, experiments));
                queued += experiments;
            }

            if (wanted.Contains("curve"))
            {
                var grants = Math.Min(sizes.Grants, size / 4);
                costs.Add((size, await worker.Work(Slots, grants) / grants * 1_000));
            }

            if (wanted.Contains("status")) await StatusReads.Run(stack, sizes, size);
        }

        if (wanted.Contains("status")) await StatusReads.RunRunning(stack, sizes);
        if (wanted.Contains("curve")) Curve.Print(costs, Slots);
        if (wanted.Contains("memory"))
        {
            var (now, peak) = stack.Silo.Memory();
            var (each, grown) = ((double)(now - before) / sizes.Queue[^1], (double)(await DatabaseBytes(stack) - databaseBefore) / sizes.Queue[^1]);
            Report.Line($"memory: silo {before / 1e6:F0} MB before, {now / 1e6:F0} MB with {sizes.Queue[^1]:N0} experiments queued, {peak / 1e6:F0} MB at its peak: {each:F0} bytes each, {each / 1024:F2} of the budget of 1 KiB; in the database {grown:F0} bytes each");
        }

        await Submits.Print(stack.Database, submits);
    }

    private static async Task<Submit> Submitted(Stack stack, int experiments)
    {
        var before = await CpuTime.Read(stack);
        var milliseconds = await Timing.Once(() => stack.Api.Submit(Sweeps.Of(experiments)));
        return new(experiments, milliseconds / 1_000, await CpuTime.Read(stack) - before);
    }

    private static async Task<long> DatabaseBytes(Stack stack)
    {
        await using var command = stack.Database.CreateCommand("select pg_database_size(current_database())");
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
