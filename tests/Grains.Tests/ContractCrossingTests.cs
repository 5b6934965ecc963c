using System.Text.Json;
using ViViT.Contracts;
using ViViT.Contracts.Experiments;
using ViViT.Contracts.Sweeps;
using ViViT.Contracts.Wire;

namespace ViViT.Grains.Tests;

/// <summary>Contracts cross grain calls as JSON, under their base type or as what they are.</summary>
public sealed class ContractCrossingTests
{
    public static TheoryData<ExperimentEvent> ExperimentEvents =>
    [
        new ExperimentEvent.Submitted(),
        new ExperimentEvent.Granted("worker", 3),
        new ExperimentEvent.LeaseLost(3, "silent"),
        new ExperimentEvent.AttemptEnded(3, new(AttemptResult.Failed, FailureClass.Numerical, "NaN")),
        new ExperimentEvent.StoppedByRule("worse than the median"),
        new ExperimentEvent.Cancelled("by hand"),
        new ExperimentEvent.Retried("by hand"),
    ];

    public static TheoryData<SweepEvent> SweepEvents =>
    [
        new SweepEvent.Progressed(new(1, 2, 3, 4, 5, 6, 7), Expected: 30),
        new SweepEvent.CancelRequested(),
        new SweepEvent.PauseRequested(),
        new SweepEvent.ResumeRequested(),
        new SweepEvent.Retried(),
    ];

    [Theory]
    [MemberData(nameof(ExperimentEvents))]
    public void An_experiment_event_comes_through_as_its_base_and_as_itself(ExperimentEvent e) => ComesThrough(e);

    [Theory]
    [MemberData(nameof(SweepEvents))]
    public void A_sweep_event_comes_through_as_its_base_and_as_itself(SweepEvent e) => ComesThrough(e);

    [Fact]
    public void The_theories_name_every_event()
    {
        Assert.Equal(Cases<ExperimentEvent>(), ExperimentEvents.Select(row => row.Data.GetType()).ToHashSet());
        Assert.Equal(Cases<SweepEvent>(), SweepEvents.Select(row => row.Data.GetType()).ToHashSet());
    }

    [Fact]
    public void Values_that_are_absent_come_through_as_absent()
    {
        ComesThrough(new AttemptRow(1, 2, "worker", ResumedStep: null, DateTimeOffset.UnixEpoch, EndedAt: null, Outcome: null, Reason: null));
        ComesThrough(new SweepStatus(new(1), "name", Description: null, SweepState.Running, new(0, 1, 0, 0, 0, 0, 0), 0, 0, DateTimeOffset.UnixEpoch, FinishedAt: null));
        ComesThrough(new LeasedExperiment(new(1), new(2), 1, 1, new() { Data = new() { Name = "shapes3d" } }, ResumeFrom: null));
        ComesThrough(new ShapeToMeasure("shape", new() { Data = new() { Name = "shapes3d" } }));
        ComesThrough(new MetricSummary("loss", 1, 1, double.NaN, Min: null, Max: null, NonFinite: 1));
    }

    [Fact]
    public void A_value_that_must_be_there_is_missed()
    {
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<Held>("""{"experiment": 1}""", ContractsJson.Options));
    }

    private static HashSet<Type> Cases<T>() => [.. typeof(T).GetNestedTypes().Where(type => type.IsSubclassOf(typeof(T)))];

    private static void ComesThrough<T>(T value)
        where T : class
    {
        var asBase = JsonSerializer.Serialize(value, ContractsJson.Options);
        var asItself = JsonSerializer.Serialize<object>(value, ContractsJson.Options);

        Assert.Equal(value, JsonSerializer.Deserialize<T>(asBase, ContractsJson.Options));
        Assert.Equal(value, JsonSerializer.Deserialize(asItself, value.GetType(), ContractsJson.Options));
    }
}
