using ViViT.Contracts.Specs;

namespace ViViT.Contracts.Search;

/// <summary>The points of a search in the order in which they were decided, and what came of them.</summary>
internal sealed class SearchHistory
{
    private readonly SearchSpec search;
    private readonly int replicates;
    private readonly DistinctPoints distinct;
    private readonly ParzenSearch? parzen;
    private readonly List<DecidedPoint> points = [];
    private readonly List<Replicates> ends = [];
    private readonly List<SearchResult> read = [];
    private int finished;

    public SearchHistory(SearchSpec search, SearchSpace space, int replicates)
    {
        (this.search, this.replicates) = (search, replicates);
        distinct = new(search, space);
        parzen = search.Method == SearchMethod.Tpe ? new(search, space) : null;
        Decide();
    }

    public IReadOnlyList<DecidedPoint> Points => points;

    /// <summary>Whether the results begin with those that were read.</summary>
    public bool IsContinuedBy(IReadOnlyList<SearchResult> results) => results.Take(read.Count).SequenceEqual(read);

    /// <summary>Takes what is new of the results, one by one, and decides points as room for them comes.</summary>
    public void Read(IReadOnlyList<SearchResult> results)
    {
        foreach (var result in results.Skip(read.Count))
        {
            read.Add(result);
            Note(result);
            Decide();
        }
    }

    private void Note(SearchResult result)
    {
        var (point, replicate) = Math.DivRem(result.Ordinal, replicates);
        if (result.Ordinal < 0 || point >= points.Count || !ends[point].Add(replicate, search.Objective.Loss(result.Value))) return;
        if (ends[point].Loss is not { } loss) return;
        finished++;
        parzen?.Finished(point, loss);
    }

    private void Decide()
    {
        while (points.Count < search.Experiments && (parzen is null || points.Count - finished < search.Parallel))
        {
            var place = distinct.Take(parzen?.Propose() ?? []);
            points.Add(new(place, read.Count));
            ends.Add(new(replicates));
            parzen?.Decided(place);
        }
    }

    private sealed class Replicates(int count)
    {
        private readonly bool[] ended = new bool[count];
        private double sum;
        private int open = count;

        /// <summary>The mean over replicates, when all have ended.</summary>
        public double? Loss => open == 0 ? sum / ended.Length : null;

        /// <summary>False when that replicate has ended before.</summary>
        public bool Add(int replicate, double loss)
        {
            if (ended[replicate]) return false;
            ended[replicate] = true;
            sum += loss;
            open--;
            return true;
        }
    }
}

/// <summary>A chosen point.</summary>
/// <param name="Place">Coordinates in [0, 1] along each dimension of the space.</param>
/// <param name="Informed">Results that it was decided on.</param>
internal sealed record DecidedPoint(double[] Place, int Informed);
