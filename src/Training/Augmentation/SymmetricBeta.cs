using ViViT.Models;

namespace ViViT.Training.Augmentation;

/// <summary>Draws from Beta(alpha, alpha).</summary>
internal static class SymmetricBeta
{
    /// <summary>
    /// Above a half: Ulrich 1984, 1/2 + 1/2 · sqrt(1 - u^(2 / (2 alpha - 1))) · cos(2 pi v). Up to a half: Jöhnk 1964, x / (x + y) with
    /// x = u^(1/alpha), y = v^(1/alpha) where x + y is at most 1, in logarithms, since the powers vanish for a small alpha.
    /// Both exact; Devroye, "Non-Uniform Random Variate Generation" 1986, chapter IX.3.
    /// </summary>
    public static double Draw(double alpha, RandomSequence random)
    {
        if (!(alpha > 0 && double.IsFinite(alpha)))
        {
            throw new ArgumentOutOfRangeException(nameof(alpha), alpha, "The alpha of a beta distribution is a number above 0.");
        }

        if (alpha > 0.5)
        {
            var radius = Math.Sqrt(1 - Math.Pow(random.NextDouble(), 2 / ((2 * alpha) - 1)));
            return (1 + (radius * Math.Cos(2 * Math.PI * random.NextDouble()))) / 2;
        }

        while (true)
        {
            // 1 - u lies in (0, 1]: its logarithm is finite.
            var (logX, logY) = (Math.Log(1 - random.NextDouble()) / alpha, Math.Log(1 - random.NextDouble()) / alpha);
            if (Math.Exp(logX) + Math.Exp(logY) <= 1)
            {
                return 1 / (1 + Math.Exp(logY - logX));
            }
        }
    }
}
