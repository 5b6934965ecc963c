using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace ViViT.Models.Blocks;

/// <summary>How a member's forward pass is disturbed in training.</summary>
/// <param name="Dropout">Probability of dropping an attention weight, in [0, 1).</param>
/// <param name="StochasticDepth">Probability that a sample skips the last block's branches, in [0, 1); earlier blocks' is lower in proportion.</param>
/// <param name="Seed">Of the member's draws.</param>
public sealed record MemberNoise(double Dropout, double StochasticDepth, int Seed);

/// <summary>
/// Everything random inside one forward pass of K members: inverted dropout of attention weights (Srivastava et al. 2014) and stochastic
/// depth (Huang et al. 2016, in the inverted form: a kept branch is scaled by the inverse of the probability of keeping it, so that nothing is
/// scaled outside training). Each member draws from the sequences <c>dropout</c> and <c>stochastic_depth</c> of its seed and the step, layer
/// by layer. Dropout's probability is rounded to a multiple of 1/65536. A piece of a batch gets what its samples get in the whole batch.
/// </summary>
public sealed class ModelNoise
{
    private readonly MemberDraws[] members;
    private readonly BatchPart? part;
    private readonly bool drops;
    private readonly bool skips;

    /// <param name="step">Number of the step, from 1.</param>
    /// <param name="part">The piece of the step's batch that this forward pass is about; null: all of it.</param>
    public ModelNoise(IReadOnlyList<MemberNoise> members, long step, BatchPart? part = null)
    {
        if (members.Any(member => member.Dropout is not (>= 0 and < 1) || member.StochasticDepth is not (>= 0 and < 1)))
        {
            throw new ArgumentOutOfRangeException(nameof(members), "A probability of dropping is at least 0 and less than 1.");
        }

        this.part = part;
        this.members = [.. members.Select(member => new MemberDraws(
            (ushort)Math.Min(Math.Round(member.Dropout * 65536), ushort.MaxValue), member.StochasticDepth,
            RandomSequence.Of(member.Seed, "dropout", step), RandomSequence.Of(member.Seed, "stochastic_depth", step)))];
        drops = this.members.Any(member => member.Threshold > 0);
        skips = members.Any(member => member.StochasticDepth > 0);
    }

    /// <summary>The noise of a step, or null where nothing is random.</summary>
    public static ModelNoise? For(IReadOnlyList<MemberNoise> members, long step, BatchPart? part = null) =>
        members.All(member => member is { Dropout: 0, StochasticDepth: 0 }) ? null : new ModelNoise(members, step, part);

    /// <param name="weights_GMN">Attention weights [K · G, M, N], member by member; G = any number · batch · heads.</param>
    /// <param name="heads">Neighbouring groups that are one sample's.</param>
    public Tensor DropAttention(Tensor weights_GMN, long heads)
    {
        if (!drops)
        {
            return weights_GMN;
        }

        var perMember = (int)(weights_GMN.numel() / members.Length);
        var runs = part is { } piece
            ? MaskRuns.Of(piece, perMember, (int)(heads * weights_GMN.shape[1] * weights_GMN.shape[2]))
            : MaskRuns.All(perMember);
        if (weights_GMN.device.type == DeviceType.CUDA)
        {
            return weights_GMN.mul(DeviceMask.Draw([.. members.Select(member => (member.Dropout, member.Threshold))], runs, weights_GMN.device).view(weights_GMN.shape));
        }

        var mask_GMN = Mask(weights_GMN.shape, weights_GMN.device, (member, values) =>
        {
            if (member.Threshold == 0)
            {
                values.Fill(1);
                return;
            }

            member.Dropout.FillMask(values, runs, member.Threshold, kept: 65536f / (65536 - member.Threshold));
        }, perMember);
        return weights_GMN.mul(mask_GMN);
    }

    /// <summary>Takes a residual branch from the samples that skip it.</summary>
    /// <param name="branch_KRD">[K, rows, D], token by token.</param>
    /// <param name="batch">Samples: rows = tokens · batch.</param>
    /// <param name="depth">Of the block: 0 for the first, 1 for the last.</param>
    public Tensor DropPath(Tensor branch_KRD, long batch, double depth)
    {
        if (!skips || depth == 0)
        {
            return branch_KRD;
        }

        var shape = branch_KRD.shape;
        var mask_K1B1 = Mask([shape[0], 1, batch, 1], branch_KRD.device, (member, values) =>
        {
            var rate = member.StochasticDepth * depth;
            var (start, whole) = part is { } piece ? (piece.Start, piece.Whole) : (0, values.Length);
            for (var sample = 0; sample < whole; sample++)
            {
                var value = member.Depth.NextDouble() < rate ? 0 : (float)(1 / (1 - rate));
                if (sample >= start && sample < start + values.Length)
                {
                    values[sample - start] = value;
                }
            }
        }, (int)batch);
        return branch_KRD.view(shape[0], -1, batch, shape[2]).mul(mask_K1B1).view(shape);
    }

    // Filled on the host; to a GPU, which only small ones go to, it travels from pinned memory, so that nothing waits for it.
    private Tensor Mask(long[] shape, Device device, FillOne fill, int perMember)
    {
        var mask = empty(shape, ScalarType.Float32, CPU);
        mask = device.type == DeviceType.CUDA ? mask.pin_memory() : mask;
        var values = MemoryMarshal.Cast<byte, float>(mask.bytes);
        for (var member = 0; member < members.Length; member++)
        {
            fill(members[member], values.Slice(member * perMember, perMember));
        }

        return mask.to(device, non_blocking: true);
    }

    private delegate void FillOne(MemberDraws member, Span<float> values);

    private sealed record MemberDraws(ushort Threshold, double StochasticDepth, RandomSequence Dropout, RandomSequence Depth);
}
