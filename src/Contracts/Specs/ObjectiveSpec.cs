using System.Text.Json.Serialization;

namespace ViViT.Contracts.Specs;

/// <summary>What experiments of a sweep are compared by.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record ObjectiveSpec
{
    /// <summary>A score of the training or validation split that every epoch ends with, e.g. <c>validation/auc</c> or <c>validation/loss</c>.</summary>
    public string Metric { get; init; } = MetricNames.ValidationAuc;

    public Goal Goal { get; init; } = Goal.Maximize;

    /// <summary>The value so signed that less is better; what is no finite number is worse than all others.</summary>
    public double Loss(double? value) => value is { } known && double.IsFinite(known) ? Goal == Goal.Minimize ? known : -known : double.PositiveInfinity;
}

/// <summary>Which values of the metric are the better ones.</summary>
public enum Goal
{
    /// <summary>The higher ones.</summary>
    Maximize,

    /// <summary>The lower ones.</summary>
    Minimize,
}
