namespace ViViT.Contracts.Search;

/// <summary>
/// A density over one dimension from points in it. Along a range it is a mixture of normals cut off at 0 and 1: one for each point, as
/// wide as the larger gap to a neighbour, and a wide one over everything, which keeps any value possible. Over a list it is the share of each entry,
/// one more counted for each.
/// </summary>
internal sealed class ParzenEstimate
{
    private readonly double[] centres;
    private readonly double[] widths;
    private readonly double[] masses;
    private readonly double[]? shares;
    private readonly Dimension dimension;

    private ParzenEstimate(Dimension dimension, double[] centres, double[] widths, double[]? shares)
    {
        (this.dimension, this.centres, this.widths, this.shares) = (dimension, centres, widths, shares);
        masses = [.. centres.Select((centre, kernel) => Normal.Below((1 - centre) / widths[kernel]) - Normal.Below(-centre / widths[kernel]))];
    }

    /// <param name="points">Coordinates in [0, 1].</param>
    public static ParzenEstimate Of(Dimension dimension, double[] points)
    {
        if (dimension is Dimension.Choice choice)
        {
            var counts = Enumerable.Repeat(1.0, (int)choice.Count!.Value).ToArray();
            foreach (var point in points) counts[choice.Index(point)]++;
            return new(dimension, [], [], [.. counts.Select(count => count / (points.Length + counts.Length))]);
        }

        // The wide one stands among the points, in the middle.
        double[] centres = [.. points.Append(0.5).Order()];
        var wide = Array.IndexOf(centres, 0.5);
        var narrowest = 1.0 / Math.Min(100, 2 * (points.Length + 2));
        var widths = centres.Select((centre, at) => at == wide ? 1 : Math.Clamp(
            Math.Max(at == 0 ? 0 : centre - centres[at - 1], at == centres.Length - 1 ? 0 : centres[at + 1] - centre), Math.Max(narrowest, dimension.Width(centre) / 2), 1));
        return new(dimension, centres, [.. widths], null);
    }

    /// <summary>Up to a constant factor that is the same for every estimate of the dimension.</summary>
    public double Density(double at)
    {
        if (shares is not null) return shares[((Dimension.Choice)dimension).Index(at)];
        var sum = 0.0;
        for (var kernel = 0; kernel < centres.Length; kernel++)
        {
            var z = (at - centres[kernel]) / widths[kernel];
            sum += Math.Exp(-0.5 * z * z) / (widths[kernel] * masses[kernel]);
        }

        return sum / centres.Length;
    }

    /// <summary>A coordinate drawn from the density.</summary>
    /// <param name="which">Uniform in [0, 1): chooses the kernel or the entry.</param>
    /// <param name="where">Uniform in [0, 1): the place within the kernel.</param>
    public double Sample(double which, double where)
    {
        if (shares is not null)
        {
            var entry = 0;
            for (var rest = which; entry < shares.Length - 1 && rest >= shares[entry]; entry++) rest -= shares[entry];
            return (entry + 0.5) / shares.Length;
        }

        var kernel = (int)(which * centres.Length);
        var below = Normal.Below(-centres[kernel] / widths[kernel]);
        var at = centres[kernel] + (widths[kernel] * Normal.Quantile(below + (where * masses[kernel])));
        return Math.Clamp(at, 0, Math.BitDecrement(1.0));
    }
}
