using TorchSharp;
using ViViT.Models.Weights;
using static TorchSharp.torch;

namespace ViViT.Training.Optimisers;

/// <summary>
/// Adam (Kingma and Ba 2015, algorithm 1) on the flat parameters of K members, each with its own step size: beta 0.9 and 0.999, epsilon
/// 1e-7 as in Keras (PyTorch's default is 1e-8), no weight decay. The bias corrections are folded into epsilon and the step size,
/// as the paper's section 2 ends, but with epsilon scaled so that the result is algorithm 1's.
/// </summary>
public sealed class FlatAdam : IDisposable
{
    private const double Beta1 = 0.9;
    private const double Beta2 = 0.999;
    private const double Epsilon = 1e-7;

    // On a CPU the operations of one chunk run while its five arrays lie in the cache; a GPU takes everything at once.
    private const long CacheChunk = 1 << 15;

    private readonly Tensor inverseRates_K1;
    private readonly (Tensor Weight, Tensor Gradient, Tensor First, Tensor Second)[] chunks;
    private readonly Scalar beta1 = Beta1;
    private readonly Scalar beta2 = Beta2;
    private readonly Scalar oneMinusBeta1 = 1 - Beta1;
    private readonly Scalar oneMinusBeta2 = 1 - Beta2;
    private readonly Scalar minusOne = -1;

    /// <param name="parameters">Made with gradients; stays its owner's.</param>
    /// <param name="learningRates">One per member.</param>
    public FlatAdam(FlatParameters parameters, IReadOnlyList<double> learningRates)
    {
        if (learningRates.Count != parameters.Members || parameters.Gradients is not { } gradients)
        {
            throw new ArgumentException(
                $"{learningRates.Count} learning rates for {parameters.Members} members, or parameters without gradients.", nameof(learningRates));
        }

        using var grad = no_grad();
        using var scope = NewDisposeScope();
        var values = parameters.Values;
        First = zeros_like(values).DetachFromDisposeScope();
        Second = zeros_like(values).DetachFromDisposeScope();
        inverseRates_K1 = tensor(learningRates.Select(rate => (float)(1 / rate)).ToArray()).to(values.device).unsqueeze(1).DetachFromDisposeScope();

        var length = values.device.type == DeviceType.CPU ? CacheChunk : values.shape[1];
        chunks = [.. Starts(values.shape[1], length).Select(start => (View(values, start), View(gradients, start), View(First, start), View(Second, start)))];

        Tensor View(Tensor flat, long start) => flat.narrow(1, start, Math.Min(length, flat.shape[1] - start)).DetachFromDisposeScope();
    }

    /// <summary>[K, P], the running mean of the gradients.</summary>
    public Tensor First { get; }

    /// <summary>[K, P], the running mean of their squares.</summary>
    public Tensor Second { get; }

    /// <summary>Moves the parameters against their gradients and zeroes the gradients.</summary>
    /// <param name="step">Number of this step, from 1.</param>
    public void Step(long step)
    {
        using var grad = no_grad();
        using var scope = NewDisposeScope();
        var correction1 = 1 - Math.Pow(Beta1, step);
        var correction2 = Math.Sqrt(1 - Math.Pow(Beta2, step));
        using Scalar epsilon = Epsilon * correction2;
        var inverseSteps_K1 = inverseRates_K1.mul(correction1 / correction2);
        foreach (var (weight, gradient, first, second) in chunks)
        {
            first.mul_(beta1).add_(gradient, oneMinusBeta1);
            second.mul_(beta2).addcmul_(gradient, gradient, oneMinusBeta2);
            using var divisor = second.sqrt();
            divisor.add_(epsilon).mul_(inverseSteps_K1);
            weight.addcdiv_(first, divisor, minusOne);
            gradient.zero_();
        }
    }

    public void Dispose()
    {
        foreach (var (weight, gradient, first, second) in chunks)
        {
            weight.Dispose();
            gradient.Dispose();
            first.Dispose();
            second.Dispose();
        }

        First.Dispose();
        Second.Dispose();
        inverseRates_K1.Dispose();
        foreach (var scalar in (ReadOnlySpan<Scalar>)[beta1, beta2, oneMinusBeta1, oneMinusBeta2, minusOne])
        {
            scalar.Dispose();
        }
    }

    private static IEnumerable<long> Starts(long count, long length)
    {
        for (var start = 0L; start < count; start += length)
        {
            yield return start;
        }
    }
}
