using ViViT.Contracts.Specs;

namespace ViViT.Contracts.Search;

/// <summary>
/// A search that remembers what it has decided, so that asking again costs only what is new. It never answers differently from
/// <see cref="SearchPlan.Next"/>, and may be thrown away at any time.
/// </summary>
/// <remarks>
/// When a point is decided must not depend on when somebody asks. So point i is decided on exactly those results that made room for it: the
/// fewest, from the first on, that finish i + 1 - parallel points.
/// </remarks>
public sealed class SearchRun
{
    private readonly SearchSpec search;
    private readonly SearchSpace space;
    private readonly CellBuilder builder;
    private readonly int replicates;
    private SearchHistory history;

    /// <exception cref="ArgumentException">The sweep has no search.</exception>
    public SearchRun(SweepSpec sweep)
    {
        search = sweep.Search ?? throw new ArgumentException("The sweep has no search: SearchPlan.Next expands its grid.", nameof(sweep));
        space = new SearchSpace(search.Space);
        builder = new CellBuilder(sweep);
        replicates = sweep.Seeds?.Count ?? 1;
        history = new(search, space, replicates);
    }

    /// <summary>As <see cref="SearchPlan.Next"/>.</summary>
    public IReadOnlyList<Cell> Next(int known, IReadOnlyList<SearchResult> results)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(known);
        if (!history.IsContinuedBy(results)) history = new(search, space, replicates);
        history.Read(results);
        return
        [
            .. history.Points.Skip(known / replicates)
                .SelectMany((point, offset) => builder.Replicates((known / replicates) + offset, space.Values(point.Place), point.Informed))
                .Where(cell => cell.Ordinal >= known),
        ];
    }
}
