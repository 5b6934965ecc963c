using TorchSharp;
using ViViT.Models.Weights;
using static TorchSharp.torch;

namespace ViViT.Training.Optimisers;

/// <summary>
/// Adam (Kingma and Ba 2015, algorithm 1) and AdamW (Loshchilov and Hutter 2019, algorithm 2): beta 0.9 and 0.999, epsilon 1e-7 as in Keras
/// (PyTorch's default is 1e-8). Adam adds the weight decay times the weights to the gradient; AdamW first shrinks the weights by the rate
/// times the decay, as PyTorch does. The bias corrections are folded into epsilon and the step size, as section 2 of the first
/// paper ends, but with epsilon scaled so that the result is algorithm 1's.
/// </summary>
internal sealed class FlatAdam : FlatOptimiser
{
    private const double Beta1 = 0.9;
    private const double Beta2 = 0.999;
    private const double Epsilon = 1e-7;

    private readonly double[] weightDecays;
    private readonly bool decoupled;
    private readonly Tensor? decays_K1;
    private readonly Scalar beta1 = Beta1;
    private readonly Scalar beta2 = Beta2;
    private readonly Scalar oneMinusBeta1 = 1 - Beta1;
    private readonly Scalar oneMinusBeta2 = 1 - Beta2;
    private readonly Scalar one = 1;
    private readonly Scalar minusOne = -1;

    /// <param name="decoupled">AdamW.</param>
    public FlatAdam(FlatParameters parameters, double[] weightDecays, bool decoupled)
        : base(parameters, ["adam.first", "adam.second"])
    {
        this.weightDecays = weightDecays;
        this.decoupled = decoupled;
        decays_K1 = weightDecays.Any(decay => decay != 0) ? PerMember(weightDecays).DetachFromDisposeScope() : null;
    }

    private protected override void Move(long step, IReadOnlyList<double> rates)
    {
        var correction1 = 1 - Math.Pow(Beta1, step);
        var correction2 = Math.Sqrt(1 - Math.Pow(Beta2, step));
        using Scalar epsilon = Epsilon * correction2;
        var inverseSteps_K1 = PerMember(rates.Select(rate => correction1 / (correction2 * rate)));
        var shrink_K1 = decoupled && decays_K1 is not null ? PerMember(rates.Zip(weightDecays, (rate, decay) => 1 - (rate * decay))) : null;
        foreach (var chunk in Chunks)
        {
            var (weight, gradient, first, second) = (chunk[0], chunk[1], chunk[2], chunk[3]);
            if (shrink_K1 is not null)
            {
                weight.mul_(shrink_K1);
            }
            else if (decays_K1 is not null)
            {
                gradient.addcmul_(weight, decays_K1, one);
            }

            first.mul_(beta1).add_(gradient, oneMinusBeta1);
            second.mul_(beta2).addcmul_(gradient, gradient, oneMinusBeta2);
            using var divisor = second.sqrt();
            divisor.add_(epsilon).mul_(inverseSteps_K1);
            weight.addcdiv_(first, divisor, minusOne);
            gradient.zero_();
        }
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        decays_K1?.Dispose();
        foreach (var scalar in (ReadOnlySpan<Scalar>)[beta1, beta2, oneMinusBeta1, oneMinusBeta2, one, minusOne])
        {
            scalar.Dispose();
        }
    }
}
