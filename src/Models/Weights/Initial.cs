namespace ViViT.Models.Weights;

/// <summary>How a parameter starts: uniform in [-Limit, Limit), or <paramref name="Constant"/> where the limit is 0.</summary>
public readonly record struct Initial(double Limit, float Constant)
{
    public static Initial Zeros { get; } = new(0, 0);

    public static Initial Ones { get; } = new(0, 1);

    public static Initial Uniform(double limit) => new(limit, 0);

    /// <summary>Glorot and Bengio 2010, equation 16: limit = sqrt(6 / (fan in + fan out)).</summary>
    public static Initial GlorotUniform(long fanIn, long fanOut) => Uniform(Math.Sqrt(6.0 / (fanIn + fanOut)));

    public void Fill(Span<float> values, RandomSequence sequence)
    {
        if (Limit == 0)
        {
            values.Fill(Constant);
            return;
        }

        sequence.FillUniform(values, -Limit, Limit);
    }
}
