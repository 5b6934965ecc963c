using System.Text.Json;
using System.Text.Json.Serialization;

namespace ViViT.Contracts.Specs;

/// <summary>A search space over one base experiment: what a sweep file says.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record SweepSpec
{
    /// <summary>The least <see cref="Priority"/>.</summary>
    public const int LowestPriority = -100;

    /// <summary>The greatest <see cref="Priority"/>.</summary>
    public const int HighestPriority = 100;

    /// <summary>What the sweep is called: up to 100 letters, digits, dots, dashes and underscores.</summary>
    public required string Name { get; init; }

    /// <summary>The question that the sweep answers, in a sentence; shown with its results.</summary>
    public string? Description { get; init; }

    /// <summary>The pool of workers that executes it.</summary>
    public string Pool { get; init; } = "local";

    /// <summary>Attempts that an experiment gets before an infrastructure failure is final.</summary>
    public int MaxAttempts { get; init; } = 5;

    /// <summary>A sweep of higher priority is served first, and takes slots from running ones of lower priority, which save and go on later: -100 to 100.</summary>
    public int Priority { get; init; }

    /// <summary>Its share of the pool's slots beside other sweeps of the same priority: one of weight 2 gets twice the slots of one of weight 1.</summary>
    public double Weight { get; init; } = 1;

    /// <summary>At most so many slots at once; as many as its share when null.</summary>
    public int? MaxParallel { get; init; }

    /// <summary>What a slot must have to execute its experiments.</summary>
    public ResourceSpec Resources { get; init; } = new();

    /// <summary>How many of its experiments may train as one stacked model.</summary>
    public GroupSetting Group { get; init; } = GroupSetting.Auto;

    /// <summary>The base experiment; the grid's axes override it.</summary>
    public required ExperimentSpec Experiment { get; init; }

    /// <summary>
    /// The axes: a dotted path into the experiment (<c>training.learning_rate</c>) and the values to try. Their product is the sweep;
    /// the last axis varies fastest. Empty: the base experiment alone.
    /// </summary>
    public IReadOnlyDictionary<string, IReadOnlyList<JsonElement>> Grid { get; init; } = new Dictionary<string, IReadOnlyList<JsonElement>>();

    /// <summary>Cells of the grid to leave out: a list of axes with a value each. A cell that has all values of one entry is left out.</summary>
    public IReadOnlyList<IReadOnlyDictionary<string, JsonElement>> Exclude { get; init; } = [];

    /// <summary>Cells to add after those of the grid: a list of settings with a value each, axes of the grid or not, over the base experiment. Without a grid they alone are the sweep.</summary>
    public IReadOnlyList<IReadOnlyDictionary<string, JsonElement>> Include { get; init; } = [];

    /// <summary>Every cell is repeated with each of these seeds: a number of them (3 means 0, 1 and 2) or a list. Once, with the experiment's own seed, when null.</summary>
    public SeedSetting? Seeds { get; init; }

    /// <summary>A space to search instead of a grid.</summary>
    public SearchSpec? Search { get; init; }

    /// <summary>When experiments end before their last epoch; never when null.</summary>
    public StoppingSpec? Stopping { get; init; }
}

/// <summary>What a slot must have. Slots of its pool that lack it are passed over.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record ResourceSpec
{
    /// <summary>Memory of the slot's device (of the slot's share of it) in GiB; any when null.</summary>
    public double? MemoryGib { get; init; }

    /// <summary>What the slot's kind of device must contain, upper and lower case alike: <c>cpu</c>, <c>H200</c>, …; any when null.</summary>
    public string? Device { get; init; }
}
