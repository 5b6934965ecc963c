using TorchSharp;
using ViViT.Models.Weights;
using static TorchSharp.torch;

namespace ViViT.Training.Optimisers;

/// <summary>
/// Gradient descent with momentum in PyTorch's form of Sutskever et al. 2013: velocity = momentum · velocity + gradient, weight -= rate ·
/// velocity, without dampening, so that the first velocity is the gradient. The weight decay times the weights is added to the gradient.
/// </summary>
internal sealed class FlatSgd : FlatOptimiser
{
    private readonly Tensor? decays_K1;
    private readonly Scalar momentum;
    private readonly Scalar one = 1;
    private readonly Scalar minusOne = -1;

    public FlatSgd(FlatParameters parameters, double[] weightDecays, double momentum)
        : base(parameters, ["sgd.momentum"])
    {
        this.momentum = momentum;
        decays_K1 = weightDecays.Any(decay => decay != 0) ? PerMember(weightDecays).DetachFromDisposeScope() : null;
    }

    private protected override void Move(long step, IReadOnlyList<double> rates)
    {
        var rates_K1 = PerMember(rates);
        foreach (var chunk in Chunks)
        {
            var (weight, gradient, velocity) = (chunk[0], chunk[1], chunk[2]);
            if (decays_K1 is not null)
            {
                gradient.addcmul_(weight, decays_K1, one);
            }

            velocity.mul_(momentum).add_(gradient, one);
            weight.addcmul_(velocity, rates_K1, minusOne);
            gradient.zero_();
        }
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        decays_K1?.Dispose();
        foreach (var scalar in (ReadOnlySpan<Scalar>)[momentum, one, minusOne])
        {
            scalar.Dispose();
        }
    }
}
