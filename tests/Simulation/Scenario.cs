using System.Text.Json;
using ViViT.Contracts;
using ViViT.Contracts.Search;
using ViViT.Contracts.Specs;
using ViViT.Simulation.Tests.Engine;
using ViViT.Simulation.Tests.Store;

namespace ViViT.Simulation.Tests;

/// <summary>What a seed stands for: who takes part, what they do, and how much goes wrong.</summary>
internal sealed record Scenario(int Seed)
{
    public const string Pool = "pool";
    public const string DeviceKind = "gpu";
    public static readonly TimeSpan Term = TimeSpan.FromSeconds(6);

    /// <summary>Nothing breaks by itself and no message is lost: only what users and experiments do.</summary>
    public bool IsCalm { get; private init; }

    public int Silos { get; private init; }

    public int Workers { get; private init; }

    public int SlotsPerWorker { get; private init; }

    public int MaxGroup { get; private init; }

    public IReadOnlyList<PlannedSweep> Sweeps { get; private init; } = [];

    /// <summary>Until when things go wrong and users meddle.</summary>
    public TimeSpan TroubleEnds { get; private init; }

    /// <summary>Of a message, and of a reply.</summary>
    public double Loss { get; private init; }

    public double Duplicates { get; private init; }

    /// <summary>Of a message: so slow that its sender has given up by then.</summary>
    public double Slowness { get; private init; }

    /// <summary>Of a statement: that its connection breaks, before or after it was carried out.</summary>
    public double BrokenStatements { get; private init; }

    /// <summary>Of a step: that its trainer dies.</summary>
    public double TrainerDeaths { get; private init; }

    /// <summary>Mean time between two kills, pauses or outages.</summary>
    public TimeSpan ChaosEvery { get; private init; }

    /// <summary>Mean time between two wishes of users; null when they have none.</summary>
    public TimeSpan? UsersEvery { get; private init; }

    /// <summary>Nothing goes wrong, and there is more work than slots.</summary>
    /// <param name="slots">Workers with one slot each.</param>
    public static Scenario Crowded(int seed, int slots, params IEnumerable<PlannedSweep> sweeps) =>
        new(seed) { IsCalm = true, Silos = 1 + (seed % 2), Workers = slots, SlotsPerWorker = 1, MaxGroup = 1, Sweeps = [.. sweeps] };

    public static Scenario Of(int seed)
    {
        var dice = new Dice(Dice.Hash(seed, 1));
        var calm = dice.Chance(0.25);
        var rough = calm ? 0 : dice.Of(0.0, 0.02, 0.1);
        var sweeps = 1 + dice.Below(3);
        return new(seed)
        {
            IsCalm = calm,
            Silos = 1 + dice.Below(2),
            Workers = 1 + dice.Below(3),
            SlotsPerWorker = calm ? 1 : 1 + dice.Below(2),
            MaxGroup = dice.Of(1, 2, 4),
            Sweeps = [.. Enumerable.Range(1, sweeps).Select(number => PlannedSweep.Draw(dice, number, alone: sweeps == 1))],
            TroubleEnds = dice.Seconds(6, 20),
            Loss = rough,
            Duplicates = calm ? 0 : dice.Of(0.0, 0.05),
            Slowness = rough / 2,
            BrokenStatements = calm ? 0 : dice.Of(0.0, 0.005, 0.03),
            TrainerDeaths = calm ? 0 : dice.Of(0.0, 0.02),
            ChaosEvery = dice.Seconds(2, 10),
            UsersEvery = dice.Chance(0.5) ? dice.Seconds(2, 8) : null,
        };
    }
}

/// <summary>A sweep that a user submits.</summary>
/// <param name="Bulk">Memory of a sample; a slot has room for <see cref="Roomy"/>.</param>
internal sealed record PlannedSweep(SweepSpec Spec, TimeSpan At, int Bulk, bool HasTroubledExperiments)
{
    /// <summary>Memory of a slot.</summary>
    public const int Roomy = 8;

    private const int MostCells = 6;
    private const int ManyCells = 24;
    private static readonly SweepSpec Base = new()
    {
        Name = "sweep",
        Pool = Scenario.Pool,
        Experiment = new() { Data = new() { Name = "shapes3d" }, Training = new() { Epochs = 4, BatchSize = 2 } },
    };

    private static readonly SearchSpec Search = new()
    {
        Method = SearchMethod.Tpe,
        Experiments = 5,
        Startup = 2,
        Parallel = 2,
        Candidates = 3,
        Objective = new() { Metric = MetricNames.ValidationAuc },
        Space = new Dictionary<string, DimensionSpec> { ["training.learning_rate"] = new() { Min = 1e-5, Max = 1e-2, Scale = Scale.Log } },
    };

    private static readonly (SweepSpec Spec, CellKeys[] Cells)[] Grids = [.. Enumerable.Range(0, ManyCells + 1).Select(Grid)];
    private static readonly CellKeys[] Searched = [.. SearchPlan.Next(Base with { Search = Search }, 0, []).Select(CellKeys.Of)];

    /// <summary>The cells that are known from the start.</summary>
    public IReadOnlyList<CellKeys> Cells => Spec.Search is null ? Grids[Spec.Grid.First().Value.Count].Cells : Searched;

    /// <summary>Cells that its search chose: as alike as those from the start.</summary>
    public static IReadOnlyList<CellKeys> Chosen(IReadOnlyList<Cell> cells) => cells.Count == 0 ? [] : [.. cells.Select(cell => new CellKeys(cell, Searched[0].GroupKey, Searched[0].ShapeKey))];

    /// <summary>With many cells, none of which is troubled, one to a slot.</summary>
    public static PlannedSweep Large(double weight, int priority, TimeSpan at) =>
        new(Grids[ManyCells].Spec with { Group = GroupSetting.Off, Weight = weight, Priority = priority }, at, Bulk: 1, HasTroubledExperiments: false);

    public static PlannedSweep Draw(Dice dice, int number, bool alone)
    {
        var searches = dice.Chance(0.1);
        var spec = (searches ? Base with { Search = Search } : Grids[1 + dice.Below(alone ? MostCells : 4)].Spec) with
        {
            Name = $"sweep-{number}",
            Group = dice.Of(GroupSetting.Off, GroupSetting.Off, new(2), new(4), GroupSetting.Auto),
            MaxAttempts = 2 + dice.Below(3),
            Priority = dice.Of(0, 0, 0, 1, -1),
            Weight = dice.Of(1, 1, 2),
            MaxParallel = dice.Of<int?>(null, null, null, 1, 2),
            Stopping = dice.Chance(0.2) ? new() { Rule = dice.Of(StoppingRule.Median, StoppingRule.Asha, StoppingRule.Hyperband), Startup = 2, Reduction = 2, Brackets = 2, Objective = Search.Objective } : null,
        };
        return new(spec, number == 1 ? TimeSpan.Zero : dice.Seconds(0, 8), dice.Of(1, 1, 1, 1, 2, 5, 10), dice.Chance(0.4));
    }

    private static (SweepSpec Spec, CellKeys[] Cells) Grid(int cells)
    {
        var rates = Enumerable.Range(1, Math.Max(1, cells)).Select(rate => JsonSerializer.SerializeToElement(rate * 1e-4)).ToArray();
        var spec = Base with { Grid = new Dictionary<string, IReadOnlyList<JsonElement>> { ["training.learning_rate"] = rates } };
        return (spec, [.. SearchPlan.Next(spec, 0, []).Select(CellKeys.Of)]);
    }
}
