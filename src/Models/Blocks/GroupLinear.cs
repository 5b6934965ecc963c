using ViViT.Models.Weights;
using static TorchSharp.torch;

namespace ViViT.Models.Blocks;

/// <summary>
/// A dense layer of K members at once: <c>y = x · W + b</c>, one batched matrix product. Weight [in, out], bias [out].
/// </summary>
internal sealed class GroupLinear(ParameterLayout layout, string name, long inputs, long outputs, Initial weight)
{
    private readonly ParameterSlot weight = layout.Add($"{name}.weight", weight, inputs, outputs);
    private readonly ParameterSlot bias = layout.Add($"{name}.bias", Initial.Zeros, outputs);

    /// <summary>With the weight drawn as Keras draws a Dense layer's.</summary>
    public GroupLinear(ParameterLayout layout, string name, long inputs, long outputs)
        : this(layout, name, inputs, outputs, Initial.GlorotUniform(inputs, outputs))
    {
    }

    /// <param name="x_KRI">[K, rows, inputs].</param>
    /// <returns>[K, rows, outputs]; bfloat16 in mixed precision.</returns>
    public Tensor Forward(FlatParameters parameters, Tensor x_KRI)
    {
        var factor_KIO = parameters.Factor(weight);
        return baddbmm(parameters.Factor(bias), x_KRI.to(factor_KIO.dtype), factor_KIO);
    }
}
