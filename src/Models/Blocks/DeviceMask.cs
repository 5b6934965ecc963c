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
    /// <param name="runs">The values of each member that are needed.</param>
    /// <returns>float32, [K, values].</returns>
    public static Tensor Draw(IReadOnlyList<(RandomSequence Sequence, ushort Threshold)> members, MaskRuns runs, Device device)
    {
        using var grad = no_grad();
        using var scope = NewDisposeScope();
        var draws = (runs.Whole + 3) / 4;
        var starts_K1 = Column(members.Select(member => member.Threshold == 0 ? 0 : (long)member.Sequence.Skip(draws)));
        var increments_K1 = Column(members.Select(member => (long)member.Sequence.Increment));
        var thresholds_K1 = Column(members.Select(member => (long)member.Threshold));
        var kept_K1 = tensor(members.Select(member => member.Threshold == 0 ? 1 : 65536f / (65536 - member.Threshold)).ToArray()).to(device).unsqueeze(1);

        var z_KD = Mix((runs.IsWhole ? arange(1, draws + 1, ScalarType.Int64, device) : Draws(runs, device)).mul(increments_K1).add_(starts_K1));
        var shifts_4 = tensor([0L, 16, 32, 48]).to(device);
        var drawn_KN = z_KD.unsqueeze(-1).bitwise_right_shift(shifts_4).bitwise_and(tensor(0xFFFFL).to(device)).flatten(1, 2);
        var parts_KN = runs.IsWhole ? drawn_KN.narrow(1, 0, runs.Whole) : drawn_KN.index_select(1, Picked(runs, device));
        return parts_KN.ge(thresholds_K1).to(ScalarType.Float32).mul_(kept_K1).MoveToOuterDisposeScope();

        Tensor Column(IEnumerable<long> values) => tensor(values.ToArray()).to(device).unsqueeze(1);
    }

    // A run's draws, wherever in its first draw it begins.
    private static long DrawsOf(MaskRuns runs) => ((runs.Length + 3) / 4) + 1;

    // Numbers, from 1, of the draws of all runs.
    private static Tensor Draws(MaskRuns runs, Device device) =>
        EachRun(runs, run => (runs.StartOf(run) / 4) + 1, DrawsOf(runs), device);

    // Where the needed values lie among the parts of those draws.
    private static Tensor Picked(MaskRuns runs, Device device) =>
        EachRun(runs, run => (run * DrawsOf(runs) * 4) + (runs.StartOf(run) % 4), runs.Length, device);

    // first(run), first(run) + 1, …: so many for each run.
    private static Tensor EachRun(MaskRuns runs, Func<int, long> first, long length, Device device) =>
        tensor(Enumerable.Range(0, runs.Count).Select(first).ToArray()).to(device).unsqueeze(1).add(arange(0, length, ScalarType.Int64, device)).view(-1);

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
