using ViViT.Contracts.Specs;
using ViViT.Models.Weights;
using static TorchSharp.torch;

namespace ViViT.Models.Blocks;

/// <summary>Dense, GELU (Hendrycks and Gimpel 2016, by the error function), Dense; and, in the Keras example's form, GELU again.</summary>
internal sealed class Mlp(ParameterLayout layout, string name, long inputs, long hidden, long outputs, MlpForm form)
{
    private readonly GroupLinear up = new(layout, $"{name}.up", inputs, hidden);
    private readonly GroupLinear down = new(layout, $"{name}.down", hidden, outputs);

    public Tensor Forward(FlatParameters parameters, Tensor x_KRD)
    {
        var y_KRD = down.Forward(parameters, up.Forward(parameters, x_KRD).gelu());
        return form == MlpForm.GeluTwice ? y_KRD.gelu() : y_KRD;
    }
}
