using TorchSharp;
using static TorchSharp.torch;

namespace ViViT.Models.Blocks;

/// <summary>
/// The masks of <see cref="RandomSequence.FillMask"/>, made where they are used: the same integer arithmetic in int64 tensors, the same bits, no
/// work of the host and no copy. For devices that are fast at it.
/// </summary>
internal static class DeviceMask
{
    /// <param name="members">What each member draws from, and its threshold; 0 keeps everything, unscaled.</param>
    /// <param name="perMember">Values of each member.</param>
    /// <returns>float32, [K, perMember].</returns>
    public static Tensor Draw(IReadOnlyList<(RandomSequence Sequence, ushort Threshold)> members, long perMember, Device device)
    {
        using var grad = no_grad();
        using var scope = NewDisposeScope();
        var draws = (perMember + 3) / 4;
        var starts_K1 = Column(members.Select(member => member.Threshold == 0 ? 0 : (long)member.Sequence.Skip(draws)));
        var increments_K1 = Column(members.Select(member => (long)member.Sequence.Increment));
        var thresholds_K1 = Column(members.Select(member => (long)member.Threshold));
        var kept_K1 = tensor(members.Select(member => member.Threshold == 0 ? 1 : 65536f / (65536 - member.Threshold)).ToArray()).to(device).unsqueeze(1);

        var z_KD = Mix(arange(1, draws + 1, ScalarType.Int64, device).mul(increments_K1).add_(starts_K1));
        var shifts_4 = tensor([0L, 16, 32, 48]).to(device);
        var parts_KN = z_KD.unsqueeze(-1).bitwise_right_shift(shifts_4).bitwise_and(tensor(0xFFFFL).to(device)).flatten(1, 2).narrow(1, 0, perMember);
        return parts_KN.ge(thresholds_K1).to(ScalarType.Float32).mul_(kept_K1).MoveToOuterDisposeScope();

        Tensor Column(IEnumerable<long> values) => tensor(values.ToArray()).to(device).unsqueeze(1);
    }

    // Of RandomSequence; products wrap around.
    private static Tensor Mix(Tensor z)
    {
        z = z.bitwise_xor(ShiftedRight(z, 30)).mul_(unchecked((long)0xBF58476D1CE4E5B9));
        z = z.bitwise_xor(ShiftedRight(z, 27)).mul_(unchecked((long)0x94D049BB133111EB));
        return z.bitwise_xor(ShiftedRight(z, 31));
    }

    // Zeros move in, where int64's own shift repeats the sign.
    private static Tensor ShiftedRight(Tensor z, int places) =>
        z.bitwise_right_shift(tensor((long)places).to(z.device)).bitwise_and(tensor((1L << (64 - places)) - 1).to(z.device));
}
