using ViViT.Contracts.Specs;

namespace ViViT.Contracts.Search;

/// <summary>
/// The tree-structured Parzen estimator (Bergstra, Bardenet, Bengio and Kégl, "Algorithms for hyper-parameter optimization", NeurIPS 2011,
/// section 4), each setting on its own: of some draws from the density of the good points it takes the one at which that density is highest
/// against the density of all others. Points that are still being tried count among the others, so that their neighbourhood is left
/// for now (the constant liar of Ginsbourger et al. 2010, with the worst value).
/// </summary>
internal sealed class ParzenSearch(SearchSpec search, SearchSpace space)
{
    // The best tenth is good (gamma in the paper), at most so many: what was best long ago must not crowd out what is best now. A tenth did better
    // than 15 or 25 % on Branin's and Hartmann's functions, one point at a time and four.
    private const double GoodShare = 0.1;
    private const int MostGood = 25;

    private const int Attempts = 20;

    private readonly List<double[]> places = [];
    private readonly List<(int Point, double Loss)> losses = [];

    /// <summary>A point was chosen, and is being tried.</summary>
    public void Decided(double[] place) => places.Add(place);

    /// <param name="loss">Less is better; infinite for a point without a value.</param>
    public void Finished(int point, double loss) => losses.Add((point, loss));

    /// <summary>
    /// The next point in order of hope: each is drawn from half as many candidates as the one before, so that one that was tried before is
    /// followed by others near the good ones. None while there is nothing to learn from.
    /// </summary>
    public IEnumerable<double[]> Propose()
    {
        var sound = losses.Where(one => double.IsFinite(one.Loss)).OrderBy(one => one.Loss).ThenBy(one => one.Point).ToArray();
        if (places.Count < search.Startup || sound.Length < 2) return [];
        var good = sound.Take(Math.Min(MostGood, (int)Math.Ceiling(GoodShare * losses.Count))).Select(one => one.Point).ToHashSet();
        var estimates = space.Dimensions.Select((dimension, at) => (
            Dimension: dimension,
            Good: ParzenEstimate.Of(dimension, [.. good.Order().Select(point => places[point][at])]),
            Others: ParzenEstimate.Of(dimension, [.. Enumerable.Range(0, places.Count).Where(point => !good.Contains(point)).Select(point => places[point][at])]))).ToArray();
        return Enumerable.Range(0, Attempts).Select(attempt => estimates.Select(one => Coordinate(one.Dimension, one.Good, one.Others, attempt)).ToArray());
    }

    private double Coordinate(Dimension dimension, ParzenEstimate good, ParzenEstimate others, int attempt)
    {
        var (best, gain) = (0.0, double.NegativeInfinity);
        for (var candidate = 0; candidate < Math.Max(1, search.Candidates >> attempt); candidate++)
        {
            // Two draws each, apart for every point, attempt and candidate.
            var index = 2 * (((((long)places.Count * Attempts) + attempt) * search.Candidates) + candidate);
            var at = dimension.Snap(good.Sample(Draw.Uniform(search.Seed, dimension.Path, index), Draw.Uniform(search.Seed, dimension.Path, index + 1)));
            var found = Math.Log(good.Density(at)) - Math.Log(others.Density(at));
            if (found > gain) (best, gain) = (at, found);
        }

        return best;
    }
}
