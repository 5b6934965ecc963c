using System.Text.Json;
using System.Text.Json.Serialization;

namespace ViViT.Contracts.Specs;

/// <summary>A search space over one base experiment: what a sweep file says.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record SweepSpec
{
    /// <summary>What the sweep is called: up to 100 letters, digits, dots, dashes and underscores.</summary>
    public required string Name { get; init; }

    /// <summary>The question that the sweep answers, in a sentence; shown with its results.</summary>
    public string? Description { get; init; }

    /// <summary>The pool of workers that executes it.</summary>
    public string Pool { get; init; } = "local";

    /// <summary>Attempts that an experiment gets before an infrastructure failure is final.</summary>
    public int MaxAttempts { get; init; } = 5;

    /// <summary>How many of its experiments may train as one stacked model.</summary>
    public GroupSetting Group { get; init; } = GroupSetting.Auto;

    /// <summary>The base experiment; the grid's axes override it.</summary>
    public required ExperimentSpec Experiment { get; init; }

    /// <summary>
    /// The axes: a dotted path into the experiment (<c>training.learning_rate</c>) and the values to try. Their product is the sweep;
    /// the last axis varies fastest. Empty: the base experiment alone.
    /// </summary>
    public IReadOnlyDictionary<string, IReadOnlyList<JsonElement>> Grid { get; init; } = new Dictionary<string, IReadOnlyList<JsonElement>>();
}
