namespace ViViT.Contracts.Specs;

/// <summary>One experiment of a sweep: fully specified, with the values that tell it from the others.</summary>
/// <param name="Ordinal">Position in the sweep, from 0. Of a grid the last axis varies fastest; seeds vary faster than anything.</param>
/// <param name="Axes">Path to value as text: of a grid in the order of the file, of a search in the order of the names; <c>seed</c> last where cells are repeated.</param>
/// <param name="Informed">How many stored results it was decided on; 0 where results do not matter.</param>
public sealed record Cell(int Ordinal, ExperimentSpec Spec, IReadOnlyDictionary<string, string> Axes, int Informed = 0)
{
    /// <summary>
    /// Experiments with the same key have the same shapes, data and length, and can train as one stacked model (a group);
    /// they differ only in what a group's members may differ in, see <see cref="Specs.GroupKey"/>.
    /// </summary>
    public string GroupKey => Specs.GroupKey.Of(Spec);
}
