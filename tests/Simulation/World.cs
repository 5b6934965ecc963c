using ViViT.Contracts;
using ViViT.Contracts.Experiments;
using ViViT.Contracts.Sweeps;
using ViViT.Simulation.Tests.Actors;
using ViViT.Simulation.Tests.Audits;
using ViViT.Simulation.Tests.Engine;
using ViViT.Simulation.Tests.Store;

namespace ViViT.Simulation.Tests;

/// <summary>One simulation: everything that takes part, on one thread, by one clock, with one source of chance.</summary>
internal sealed class World
{
    private static readonly DateTimeOffset T0 = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    // From the end of all trouble until everything has come to its end. Backoffs and avoided workers take most of it.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    // What comes late has to come in vain.
    private static readonly TimeSpan Aftermath = TimeSpan.FromSeconds(3);

    private readonly List<string>? trace;
    private readonly Dictionary<SweepId, Silo> owners = [];

    private World(Scenario scenario, StoreFault fault, bool traced)
    {
        Scenario = scenario;
        trace = traced ? [] : null;
        Dice = new(Dice.Hash(scenario.Seed, 2));
        Store = new(() => T0 + Agenda.Now, fault);
        Audit = new(this);
        Store.Audit = Audit;
        Database = new(this, fault);
        Network = new(this);
        Disk = new();
        Silos = [.. Enumerable.Range(1, scenario.Silos).Select(number => new SiloHost(this, number))];
        Workers = [.. Enumerable.Range(1, scenario.Workers).Select(number => new WorkerHost(this, number))];
    }

    public Scenario Scenario { get; }

    public Agenda Agenda { get; } = new();

    public Dice Dice { get; }

    public SimulatedStore Store { get; }

    public Audit Audit { get; }

    public Database Database { get; }

    public Network Network { get; }

    public CheckpointDisk Disk { get; }

    public IReadOnlyList<SiloHost> Silos { get; }

    public IReadOnlyList<WorkerHost> Workers { get; }

    /// <summary>Sweeps by their number, once a user has submitted them.</summary>
    public Dictionary<SweepId, PlannedSweep> Submitted { get; } = [];

    public bool InTrouble => Agenda.Now < Scenario.TroubleEnds;

    public bool IsTraced => trace is not null;

    /// <summary>The first thing that went wrong.</summary>
    public string? Violation { get; private set; }

    public int Happened { get; private set; }

    public static World Run(int seed, StoreFault fault = StoreFault.None, bool traced = false) => Run(Scenario.Of(seed), fault, traced);

    /// <param name="look">Called every half second.</param>
    public static World Run(Scenario scenario, StoreFault fault = StoreFault.None, bool traced = false, Action<World>? look = null)
    {
        var world = new World(scenario, fault, traced);
        if (look is not null) world.Look(look);
        world.Run();
        return world;
    }

    public IEnumerable<string> Trace => trace ?? [];

    public void Say(string text) => trace?.Add($"{Agenda.Now.TotalSeconds,9:0.000}  {text}");

    public void Violate(string what)
    {
        Say($"VIOLATION: {what}");
        Violation ??= $"At {Agenda.Now.TotalSeconds:0.000} s: {what}";
    }

    /// <summary>Lets an actor go. What it throws is a violation.</summary>
    public void Start(Func<Task> actor)
    {
        _ = Watched();

        async Task Watched()
        {
            try
            {
                await actor();
            }
            catch (Exception fault)
            {
                Violate(fault.ToString());
            }
        }
    }

    /// <summary>Where the sweep's grain lives: at one silo, until that is taken for dead.</summary>
    public Silo OwnerOf(SweepId id)
    {
        if (owners.TryGetValue(id, out var owner) && owner is { Life.IsDead: false, IsEvicted: false }) return owner;
        var living = Silos.Select(host => host.Current).Where(silo => silo is { Life.IsDead: false, IsEvicted: false }).ToList();
        return owners[id] = living.Count == 0 ? Silos[0].Current : living[Dice.Below(living.Count)];
    }

    public Fate FateOf(StoredExperiment e) => Trainee.FateOf(Scenario.Seed, e.Id, Submitted[e.Sweep.Id].HasTroubledExperiments);

    private bool IsOver => Submitted.Count == Scenario.Sweeps.Count && Submitted.Keys.All(id => Store.Sweeps.TryGetValue(id.Value, out var sweep)
        && sweep.State is SweepState.Succeeded or SweepState.Failed or SweepState.Cancelled && sweep.Experiments.TrueForAll(e => e.State.IsFinal()));

    private void Look(Action<World> look) => Agenda.After(TimeSpan.FromSeconds(0.5), Life.Eternal, () =>
    {
        look(this);
        Look(look);
    });

    private void Run()
    {
        foreach (var silo in Silos) silo.Start();
        foreach (var worker in Workers) worker.Start();
        Chaos.Unleash(this);
        Users.Arrive(this);
        var limit = Scenario.TroubleEnds + Patience;
        TimeSpan? over = null;
        while (Violation is null && Agenda.Next())
        {
            Happened++;
            if (over is { } since)
            {
                if (Agenda.Now <= since + Aftermath) continue;
                if (IsOver) break;
                over = null;   // a user's last wish came late
            }
            else if (!InTrouble && (Happened & 15) == 0 && IsOver)
            {
                over = Agenda.Now;
            }
            else if (Agenda.Now > limit)
            {
                Violate($"{Patience} after the last trouble this has not come to its end: {Audit.Unfinished()}");
            }
        }

        if (Violation is null) Audit.CheckEnd();
    }
}
