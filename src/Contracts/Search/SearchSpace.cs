using System.Text.Json;
using ViViT.Contracts.Specs;

namespace ViViT.Contracts.Search;

/// <summary>The settings that a search varies, in the order of their names: a stored spec may have lost the order of its file.</summary>
internal sealed class SearchSpace(IReadOnlyDictionary<string, DimensionSpec> space)
{
    public IReadOnlyList<Dimension> Dimensions { get; } = [.. space.OrderBy(one => one.Key, StringComparer.Ordinal).Select(one => Dimension.Of(one.Key, one.Value))];

    /// <summary>Number of its points; null when there is no end of them. Saturates.</summary>
    public long? Count => Dimensions.Aggregate((long?)1, (product, dimension) => product is { } so && dimension.Count is { } values ? (long)Math.Min((double)so * values, long.MaxValue / 2) : null);

    /// <summary>About how many points there are to draw from, a continuum counted by the digits that are kept of its numbers.</summary>
    public double Room => Dimensions.Aggregate(1.0, (product, dimension) => product * dimension.Room);

    /// <summary>What the coordinates mean, path by path.</summary>
    public KeyValuePair<string, JsonElement>[] Values(double[] place) => [.. Dimensions.Select((dimension, at) => KeyValuePair.Create(dimension.Path, dimension.Value(place[at])))];

    /// <summary>The coordinates of the point that is meant by any coordinates near it: of whole numbers, list entries and numbers of few digits.</summary>
    public double[] Snap(double[] place) => [.. Dimensions.Select((dimension, at) => dimension.Snap(place[at]))];
}
