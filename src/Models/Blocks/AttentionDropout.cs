using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace ViViT.Models.Blocks;

/// <summary>
/// Inverted dropout of attention weights (Srivastava et al. 2014) with masks from one sequence per member. The probability is rounded to
/// a multiple of 1/65536; kept weights are scaled by the inverse of the rounded probability of keeping.
/// </summary>
public sealed class AttentionDropout
{
    private readonly IReadOnlyList<RandomSequence> sequences;
    private readonly ushort threshold;

    /// <param name="probability">Of dropping, in [0, 1).</param>
    /// <param name="sequences">One per member; each layer's mask is drawn in turn.</param>
    public AttentionDropout(double probability, IReadOnlyList<RandomSequence> sequences)
    {
        if (probability is not (>= 0 and < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(probability), probability, "A probability of dropping is at least 0 and less than 1.");
        }

        threshold = (ushort)Math.Min(Math.Round(probability * 65536), ushort.MaxValue);
        this.sequences = sequences;
    }

    /// <param name="weights_KGMN">Attention weights [K · G, M, N], member by member.</param>
    public Tensor Forward(Tensor weights_KGMN)
    {
        if (threshold == 0)
        {
            return weights_KGMN;
        }

        // Filled on the host; to a GPU it travels from pinned memory, so that nothing waits for it.
        var device = weights_KGMN.device;
        var mask = empty(weights_KGMN.shape, ScalarType.Float32, CPU);
        mask = device.type == DeviceType.CUDA ? mask.pin_memory() : mask;
        var values = MemoryMarshal.Cast<byte, float>(mask.bytes);
        var perMember = values.Length / sequences.Count;
        for (var member = 0; member < sequences.Count; member++)
        {
            sequences[member].FillMask(values.Slice(member * perMember, perMember), threshold, kept: 65536f / (65536 - threshold));
        }

        return weights_KGMN.mul(mask.to(device, non_blocking: true));
    }
}
