using TorchSharp;
using ViViT.Models.Weights;
using static TorchSharp.torch;

namespace ViViT.Training.Optimisers;

/// <summary>Bounds the length of each member's gradient (Pascanu et al. 2013), as PyTorch's <c>clip_grad_norm_</c> does for one model.</summary>
public static class GradientClip
{
    // Of PyTorch: keeps a gradient of zeros from a division by zero.
    private const double Epsilon = 1e-6;

    /// <summary>
    /// Scales each member's gradient by min(1, maxNorm / (norm + 1e-6)), its norm being that of all its parameters together. A norm that is
    /// no number makes that member's gradient no number. Nothing waits for the device.
    /// </summary>
    /// <param name="parameters">Made with gradients.</param>
    public static void Apply(FlatParameters parameters, double maxNorm)
    {
        var gradients = parameters.Gradients ?? throw new ArgumentException("The parameters were made without gradients.", nameof(parameters));
        if (!(maxNorm > 0))
        {
            throw new ArgumentOutOfRangeException(nameof(maxNorm), maxNorm, "The largest norm is a number above 0.");
        }

        using var grad = no_grad();
        using var scope = NewDisposeScope();
        using Scalar epsilon = Epsilon;
        using Scalar bound = maxNorm;
        using Scalar one = 1;
        var scale_K1 = gradients.norm(1, keepdim: true).add_(epsilon).reciprocal_().mul_(bound).clamp_max_(one);
        gradients.mul_(scale_K1);
    }
}
