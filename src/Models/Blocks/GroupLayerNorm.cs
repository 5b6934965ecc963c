using ViViT.Models.Weights;
using static TorchSharp.torch;

namespace ViViT.Models.Blocks;

/// <summary>Layer normalisation over the last axis (Ba, Kiros and Hinton 2016), epsilon 1e-6, with scale and shift per member.</summary>
internal sealed class GroupLayerNorm(ParameterLayout layout, string name, long width)
{
    private const double Epsilon = 1e-6;

    private readonly ParameterSlot weight = layout.Add($"{name}.weight", Initial.Ones, width);
    private readonly ParameterSlot bias = layout.Add($"{name}.bias", Initial.Zeros, width);

    /// <param name="x_KRD">[K, rows, width].</param>
    public Tensor Forward(FlatParameters parameters, Tensor x_KRD)
    {
        var (scale_K1D, shift_K1D) = (parameters[weight], parameters[bias]);
        if (parameters.Members == 1)
        {
            return nn.functional.layer_norm(x_KRD, [width], scale_K1D.view(width), shift_K1D.view(width), Epsilon);
        }

        return shift_K1D.addcmul(nn.functional.layer_norm(x_KRD, [width], eps: Epsilon), scale_K1D, 1);
    }
}
