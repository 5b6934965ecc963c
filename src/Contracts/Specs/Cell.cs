namespace ViViT.Contracts.Specs;

/// <summary>One point of the grid: a fully specified experiment and the axis values that tell it from the others.</summary>
/// <param name="Ordinal">Position in the sweep, from 0; the last axis varies fastest.</param>
/// <param name="Axes">Axis path to value as text, in the order of the file.</param>
public sealed record Cell(int Ordinal, ExperimentSpec Spec, IReadOnlyDictionary<string, string> Axes)
{
    /// <summary>
    /// Experiments with the same key have the same shapes, data and length, and can train as one stacked model (a group);
    /// they differ only in what a group's members may differ in, see <see cref="Specs.GroupKey"/>.
    /// </summary>
    public string GroupKey => Specs.GroupKey.Of(Spec);
}
