using ViViT.Contracts.Specs;
using ViViT.Models.Blocks;
using ViViT.Models.Encoders;
using ViViT.Models.Tokenizers;
using ViViT.Models.Weights;
using static TorchSharp.torch;

namespace ViViT.Models;

/// <summary>
/// A ViViT classifier (Arnab et al. 2021) of K members that run as one: tokens, encoder, dense layer to class scores. It holds the structure; the numbers are <see cref="FlatParameters"/>, given to every call.
/// </summary>
/// <remarks>K members, B batch, N tokens, V voxels of a patch, R = N · B rows (token by token), D width, C classes.</remarks>
public sealed class VideoTransformer
{
    private readonly TokenEmbedding embedding;
    private readonly Encoder encoder;
    private readonly GroupLinear head;

    /// <param name="size">Voxels along each axis of a volume.</param>
    public VideoTransformer(ModelSpec spec, int size, int classes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 1);
        if (spec.Width % spec.Heads != 0)
        {
            throw new ArgumentException($"{spec.Heads} heads do not divide a width of {spec.Width}.", nameof(spec));
        }

        Classes = classes;
        Grid = new PatchGrid(spec, size);
        embedding = new TokenEmbedding(Layout, Grid, spec);
        encoder = Encoder.Create(Layout, spec, Grid.Geometry);
        head = new GroupLinear(Layout, "head", spec.Width, classes);
    }

    public int Classes { get; }

    /// <summary>How volumes become patches; cut a data set once, then train on the patches.</summary>
    public PatchGrid Grid { get; }

    public ParameterLayout Layout { get; } = new();

    /// <param name="patches_KNBV">[K, N, B, V], uint8, or float32 in [0, 1]: batches of <see cref="PatchGrid.Cut"/>, one per member.</param>
    /// <param name="noise">Null outside training.</param>
    /// <returns>Class scores before the softmax, [K, B, C].</returns>
    public Tensor Forward(FlatParameters parameters, Tensor patches_KNBV, ModelNoise? noise = null)
    {
        // Checked here because a product of mismatched matrices ends the process in native code.
        if (patches_KNBV.shape is not [var members, var tokens, var batch, var voxels]
            || members != parameters.Members || tokens != Grid.Tokens || voxels != Grid.Voxels || batch < 1)
        {
            throw new ArgumentException(
                $"Patches of shape [{string.Join(", ", patches_KNBV.shape)}] where [{parameters.Members}, {Grid.Tokens}, B, {Grid.Voxels}] is expected.",
                nameof(patches_KNBV));
        }

        var x_KRD = embedding.Forward(parameters, patches_KNBV);
        return head.Forward(parameters, encoder.Forward(parameters, x_KRD, batch, noise)).to(ScalarType.Float32);
    }
}
