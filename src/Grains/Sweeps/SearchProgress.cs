using ViViT.Contracts;
using ViViT.Contracts.Search;
using ViViT.Contracts.Specs;

namespace ViViT.Grains.Sweeps;

/// <summary>
/// A search that chooses by results: tells it of the ends that it has not heard of, and stores what it then chooses. What it was told, and in
/// which order, are rows, and its choices a pure function of them: after a crash it goes on as if there had been none.
/// </summary>
internal sealed class SearchProgress
{
    private readonly SweepId id;
    private readonly SweepSpec spec;
    private readonly ObjectiveSpec objective;
    private readonly Storage.Sweeps sweeps;
    private readonly SearchRun run;
    private List<SearchResult> heard;

    private SearchProgress(SweepId id, SweepSpec spec, Storage.Sweeps sweeps, IReadOnlyList<SearchResult> heard)
    {
        (this.id, this.spec, this.sweeps, this.heard) = (id, spec, sweeps, [.. heard]);
        objective = spec.Search!.Objective;
        run = new SearchRun(spec);
    }

    public static async Task<SearchProgress> Read(SweepId id, SweepSpec spec, Storage.Sweeps sweeps) =>
        new(id, spec, sweeps, await sweeps.Results(id, CancellationToken.None));

    /// <summary>Hears what is new and chooses.</summary>
    /// <returns>How many experiments were added.</returns>
    public async Task<int> Advance()
    {
        var known = (await sweeps.Counts(id, CancellationToken.None)).Total;
        var news = await sweeps.NewResults(id, objective, CancellationToken.None);
        var cells = run.Next(known, [.. heard, .. news]);
        if (news.Count == 0 && cells.Count == 0)
        {
            return 0;
        }

        await sweeps.Extend(id, spec, heard.Count, news, known, cells, CancellationToken.None);
        heard = [.. await sweeps.Results(id, CancellationToken.None)];
        return cells.Count;
    }
}
