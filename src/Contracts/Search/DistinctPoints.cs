using ViViT.Contracts.Specs;

namespace ViViT.Contracts.Search;

/// <summary>Hands out points, each at most once: trying a point again with the same seed would tell nothing new.</summary>
internal sealed class DistinctPoints(SearchSpec search, SearchSpace space)
{
    // In a space with room for more, so many draws in a row do not all hit what was taken.
    private const int Draws = 200;

    private readonly HashSet<string> taken = [];
    private long drawn;
    private long next;

    /// <summary>The next untaken point of the random or Sobol sequence.</summary>
    /// <exception cref="InvalidOperationException">The whole space is taken.</exception>
    public double[] Take()
    {
        for (var draw = 0; draw < Draws; draw++)
        {
            var place = space.Snap(Drawn(drawn++));
            if (taken.Add(Key(place))) return place;
        }

        for (; next < space.Count; next++)
        {
            var place = Numbered(next);
            if (taken.Add(Key(place))) return place;
        }

        throw new InvalidOperationException($"All points of the search space are taken: there are about {space.Room:N0}. Ask for fewer experiments.");
    }

    /// <summary>The first of the proposed points that is untaken, or another.</summary>
    public double[] Take(IEnumerable<double[]> proposed) => proposed.Select(space.Snap).FirstOrDefault(place => taken.Add(Key(place))) ?? Take();

    // A TPE starts from a sequence too: evenly spread points tell more than random ones.
    private double[] Drawn(long index) => search.Method == SearchMethod.Random
        ? [.. space.Dimensions.Select(dimension => Draw.Uniform(search.Seed, dimension.Path, index))]
        : [.. space.Dimensions.Select((dimension, number) => Sobol.Scrambled((uint)index, number, (uint)Draw.Bits(search.Seed, dimension.Path, -1)))];

    // Of a finite space: its points in order, the last dimension fastest.
    private double[] Numbered(long number)
    {
        var place = new double[space.Dimensions.Count];
        for (var at = place.Length - 1; at >= 0; at--)
        {
            var count = space.Dimensions[at].Count!.Value;
            (number, var value) = Math.DivRem(number, count);
            place[at] = space.Dimensions[at].Nth(value);
        }

        return place;
    }

    private static string Key(double[] place) => string.Join(' ', place.Select(BitConverter.DoubleToInt64Bits));
}
