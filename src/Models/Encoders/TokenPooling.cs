using ViViT.Contracts.Specs;
using ViViT.Models.Weights;
using static TorchSharp.torch;

namespace ViViT.Models.Encoders;

/// <summary>
/// One vector for a set of tokens: their mean, or a learned token that was put before them (Dosovitskiy et al. 2021, after BERT's). Token
/// and position are one parameter here, which starts as positions do: at zero, its norm would be infinitely steep.
/// </summary>
internal sealed class TokenPooling(ParameterLayout layout, string name, ModelSpec spec)
{
    private readonly ParameterSlot? token = spec.Pooling == Pooling.ClassToken ? layout.Add($"{name}class_token", Initial.Uniform(0.05), spec.Width) : null;

    /// <summary>Puts the class token before the tokens of each set, if there is one.</summary>
    /// <param name="x_KSND">[K, sets, tokens · B, D].</param>
    public Tensor Prepend(FlatParameters parameters, Tensor x_KSND, long batch)
    {
        if (token is null)
        {
            return x_KSND;
        }

        var first_KSBD = parameters[token].unsqueeze(1).expand(parameters.Members, x_KSND.shape[1], batch, spec.Width);
        return cat([first_KSBD, x_KSND], 2);
    }

    /// <param name="x_KSND">[K, sets, tokens · B, D], as <see cref="Prepend"/> made them.</param>
    /// <returns>[K, sets, B, D].</returns>
    public Tensor Pool(Tensor x_KSND, long batch) =>
        token is null ? x_KSND.view(x_KSND.shape[0], x_KSND.shape[1], -1, batch, spec.Width).mean([2]) : x_KSND.narrow(2, 0, batch);
}
