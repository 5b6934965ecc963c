using ViViT.Models.Weights;
using static TorchSharp.torch;

namespace ViViT.Models.Blocks;

/// <summary>Dense, GELU (Hendrycks and Gimpel 2016, by the error function), Dense.</summary>
internal sealed class Mlp(ParameterLayout layout, string name, long width, long hidden)
{
    private readonly GroupLinear up = new(layout, $"{name}.up", width, hidden);
    private readonly GroupLinear down = new(layout, $"{name}.down", hidden, width);

    public Tensor Forward(FlatParameters parameters, Tensor x_KRD) => down.Forward(parameters, up.Forward(parameters, x_KRD).gelu());
}
