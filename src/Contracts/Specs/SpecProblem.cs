namespace ViViT.Contracts.Specs;

/// <summary>What is wrong with a spec, where, and how to mend it.</summary>
/// <param name="Path">Dotted path from the root of the sweep file, e.g. <c>experiment.model.heads</c> or <c>grid.data.name</c>.</param>
public sealed record SpecProblem(string Path, string Problem, string Remedy)
{
    public override string ToString() => $"{Path}: {Problem}. {Remedy}";
}
