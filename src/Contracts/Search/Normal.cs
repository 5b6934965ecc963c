namespace ViViT.Contracts.Search;

/// <summary>The standard normal distribution, to about 1e-7.</summary>
internal static class Normal
{
    /// <summary>Probability of a value below x: Abramowitz and Stegun, "Handbook of Mathematical Functions", 7.1.26 by way of the error function.</summary>
    public static double Below(double x)
    {
        var t = 1 / (1 + (0.3275911 * Math.Abs(x) / Math.Sqrt(2)));
        var tail = t * (0.254829592 + (t * (-0.284496736 + (t * (1.421413741 + (t * (-1.453152027 + (t * 1.061405429)))))))) * Math.Exp(-x * x / 2) / 2;
        return x < 0 ? tail : 1 - tail;
    }

    /// <summary>The value that lies above a share of all, found by halving the interval: the two functions then agree.</summary>
    /// <param name="share">In [0, 1]; values beyond ±9 are told as ±9.</param>
    public static double Quantile(double share)
    {
        var (low, high) = (-9.0, 9.0);
        for (var half = 0; half < 45; half++)
        {
            var middle = (low + high) / 2;
            if (Below(middle) < share) low = middle;
            else high = middle;
        }

        return (low + high) / 2;
    }
}
