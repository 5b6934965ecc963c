namespace ViViT.Models.Weights;

/// <summary>How a parameter starts.</summary>
public abstract record Initial
{
    private Initial()
    {
    }

    public static Initial Zeros { get; } = new Constant(0);

    public static Initial Ones { get; } = new Constant(1);

    /// <summary>Sets all numbers of a parameter.</summary>
    /// <param name="values">In C order.</param>
    /// <param name="sequence">What random numbers are drawn from.</param>
    public abstract void Fill(Span<float> values, RandomSequence sequence);

    /// <summary>Uniform in [-limit, limit).</summary>
    public static Initial Uniform(double limit) => new UniformNumbers(limit);

    /// <summary>Glorot and Bengio 2010, equation 16: limit = sqrt(6 / (fan in + fan out)).</summary>
    public static Initial GlorotUniform(long fanIn, long fanOut) => Uniform(Math.Sqrt(6.0 / (fanIn + fanOut)));

    /// <summary>A 3-D kernel from a 2-D one, which is drawn, repeated over t frames and divided by t (Arnab et al. 2021, equation 8).</summary>
    public static Initial FilterInflation(Initial kernel, int frames) => new FrameKernel(kernel, frames, Central: false);

    /// <summary>A 3-D kernel from a 2-D one, which is drawn for frame floor(t / 2); the others are zero (Arnab et al. 2021, equation 9).</summary>
    public static Initial CentralFrame(Initial kernel, int frames) => new FrameKernel(kernel, frames, Central: true);

    private sealed record Constant(float Value) : Initial
    {
        public override void Fill(Span<float> values, RandomSequence sequence) => values.Fill(Value);
    }

    private sealed record UniformNumbers(double Limit) : Initial
    {
        public override void Fill(Span<float> values, RandomSequence sequence) => sequence.FillUniform(values, -Limit, Limit);
    }

    // The first axis of the parameter is that of the frames.
    private sealed record FrameKernel(Initial Kernel, int Frames, bool Central) : Initial
    {
        public override void Fill(Span<float> values, RandomSequence sequence)
        {
            var frame = values.Length / Frames;
            var kernel = new float[frame];
            Kernel.Fill(kernel, sequence);
            values.Clear();
            for (var t = 0; t < Frames; t++)
            {
                var target = values.Slice(t * frame, frame);
                for (var i = 0; i < frame && (!Central || t == Frames / 2); i++)
                {
                    target[i] = Central ? kernel[i] : kernel[i] / Frames;
                }
            }
        }
    }
}
