using ViViT.Contracts.Specs;

namespace ViViT.Contracts.Search;

/// <summary>
/// Which experiments a sweep has. Pure: the same spec and the same results in the same order give the same cells, however often and at
/// whatever moments it is asked, so a sweep goes on after a crash as if there had been none.
/// </summary>
public static class SearchPlan
{
    /// <summary>Number of experiments that the sweep has in the end.</summary>
    public static int Total(SweepSpec sweep) => (int)Math.Min(
        sweep.Search is { } search ? (long)search.Experiments * (sweep.Seeds?.Count ?? 1) : SweepExpansion.Count(sweep), SweepExpansion.MaxCells);

    /// <summary>
    /// The cells that can be decided now, ordinals from <paramref name="known"/> on. A grid, a random and a Sobol search give all at once. A TPE
    /// gives as many points as keep <see cref="SearchSpec.Parallel"/> unfinished; a point is unfinished until all of its seeds have a result.
    /// </summary>
    /// <param name="known">Cells that were decided before: 0, or what earlier answers summed up to.</param>
    /// <param name="results">All ends of the sweep's experiments in stored order. A second one of an experiment is passed over.</param>
    /// <remarks>A TPE decides everything anew, which takes about a second at 1,000 points: keep a <see cref="SearchRun"/> to be asked often.</remarks>
    public static IReadOnlyList<Cell> Next(SweepSpec sweep, int known, IReadOnlyList<SearchResult> results) => sweep.Search is null
        ? [.. SweepExpansion.Expand(sweep).Skip(known)]
        : new SearchRun(sweep).Next(known, results);
}
