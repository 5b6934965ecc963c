using TorchSharp;
using ViViT.Contracts.Specs;
using ViViT.Models;
using static TorchSharp.torch;

namespace ViViT.Training.Augmentation;

/// <summary>
/// Random changes of K members' training volumes: a right-angle turn, mirrored axes, a shift, then the intensity. Each draws from a
/// sequence of its own, <c>augmentation/turn</c>, <c>/flip</c>, <c>/shift</c> and <c>/intensity</c> of the member's seed and the step, so that
/// switching one on changes no draw of another. The host draws a few numbers per sample; the device moves all voxels of all members in one
/// gather. Whole voxels move to whole places: nothing is interpolated.
/// </summary>
/// <remarks>
/// Memory: beside the result, 4 bytes a voxel for the indices of at most 64 M voxels at a time.
/// </remarks>
/// <param name="seeds">One per member.</param>
/// <param name="size">Voxels along each axis: volumes are cubes.</param>
public sealed class VolumeAugmentation(AugmentationSpec spec, IReadOnlyList<int> seeds, int size, Device device)
{
    private readonly long perVolume = (long)size * size * size;

    /// <summary>Most voxels that one gather moves; four times as many indices must fit an int32.</summary>
    internal long GatherVoxels { get; init; } = 1 << 26;

    private bool Moves => spec.Flip > 0 || spec.Turn > 0 || spec.Shift > 0;

    /// <param name="volumes_KBTHW">uint8, [K, B, size, size, size].</param>
    /// <returns>float32, of the same shape: 0..255 as 0..1, then changed; a change of intensity may leave [0, 1].</returns>
    public Tensor Apply(Tensor volumes_KBTHW, long step)
    {
        var shape = volumes_KBTHW.shape;
        if (shape.Length != 5 || shape[0] != seeds.Count || shape[2] != size || shape[3] != size || shape[4] != size)
        {
            throw new ArgumentException($"Volumes of shape [{string.Join(", ", shape)}] for {seeds.Count} members and {size}-cubes.", nameof(volumes_KBTHW));
        }

        using var grad = no_grad();
        using var scope = NewDisposeScope();
        var batch = (int)shape[1];
        var source_RV = volumes_KBTHW.reshape(-1, perVolume);
        var moved_RV = Moves ? Move(source_RV, Placements(batch, step)) : source_RV;
        var scaled_RV = moved_RV.to(ScalarType.Float32);
        if (spec.Intensity > 0)
        {
            var (gains, offsets) = Intensities(batch, step);
            var rows = gains.Length;
            scaled_RV.mul_(HostNumbers.To(device, gains, rows, 1)).add_(HostNumbers.To(device, offsets, rows, 1));
        }
        else
        {
            scaled_RV.mul_(1.0 / 255);
        }

        return scaled_RV.view(shape).MoveToOuterDisposeScope();
    }

    // Where each sample's output axes read from.
    private Placement[] Placements(int batch, long step)
    {
        var placements = new Placement[seeds.Count * batch];
        for (var k = 0; k < seeds.Count; k++)
        {
            var turns = RandomSequence.Of(seeds[k], "augmentation/turn", step);
            var flips = RandomSequence.Of(seeds[k], "augmentation/flip", step);
            var shifts = RandomSequence.Of(seeds[k], "augmentation/shift", step);
            for (var b = 0; b < batch; b++)
            {
                var (turned, turn) = (turns.NextDouble() < spec.Turn, turns.NextBelow(CubeTurn.All.Count));
                placements[(k * batch) + b] = new Placement(
                    CubeTurn.All[turned ? turn : 0].Mirrored(flips.NextDouble() < spec.Flip, flips.NextDouble() < spec.Flip, flips.NextDouble() < spec.Flip),
                    Shift(shifts), Shift(shifts), Shift(shifts));
            }
        }

        return placements;

        int Shift(RandomSequence shifts) => shifts.NextBelow((2 * spec.Shift) + 1) - spec.Shift;
    }

    // x in 0..255 becomes gain · x + offset.
    private (float[] Gains, float[] Offsets) Intensities(int batch, long step)
    {
        var (gains, offsets) = (new float[seeds.Count * batch], new float[seeds.Count * batch]);
        for (var k = 0; k < seeds.Count; k++)
        {
            var random = RandomSequence.Of(seeds[k], "augmentation/intensity", step);
            for (var row = k * batch; row < (k + 1) * batch; row++)
            {
                gains[row] = (float)((1 + (spec.Intensity * ((2 * random.NextDouble()) - 1))) / 255);
                offsets[row] = (float)(spec.Intensity * ((2 * random.NextDouble()) - 1));
            }
        }

        return (gains, offsets);
    }

    private Tensor Move(Tensor source_RV, Placement[] placements)
    {
        var rowsAtOnce = (int)Math.Max(1, GatherVoxels / perVolume);
        if (placements.Length <= rowsAtOnce)
        {
            return Gather(source_RV, placements);
        }

        var parts = new List<Tensor>();
        for (var start = 0; start < placements.Length; start += rowsAtOnce)
        {
            var count = Math.Min(rowsAtOnce, placements.Length - start);
            using var part = NewDisposeScope();
            parts.Add(Gather(source_RV.narrow(0, start, count), placements.AsSpan(start, count)).MoveToOuterDisposeScope());
        }

        return cat(parts, 0);
    }

    // The index of a source voxel is a sum of one number per output axis, so a sample needs 3 · size numbers; what lies outside of the
    // volume is the last of the voxels, a zero.
    private Tensor Gather(Tensor source_RV, ReadOnlySpan<Placement> placements)
    {
        var rows = placements.Length;
        var outside = (int)(rows * perVolume);
        var starts = new int[rows * 3 * size];
        for (var row = 0; row < rows; row++)
        {
            placements[row].Fill(starts.AsSpan(row * 3 * size, 3 * size), size, first: (int)(row * perVolume), outside);
        }

        var axes = HostNumbers.To(device, starts, rows, 3, size).unbind(1);
        var index_RTHW = axes[0].view(rows, size, 1, 1).add(axes[1].view(rows, 1, size, 1)).add(axes[2].view(rows, 1, 1, size));
        var source_V = source_RV.reshape(-1);
        if (spec.Shift > 0)
        {
            index_RTHW.clamp_max_(outside);
            source_V = cat([source_V, zeros([1], source_V.dtype, device)], 0);
        }

        return source_V.index_select(0, index_RTHW.view(-1)).view(rows, perVolume);
    }

    /// <summary>A sample's place: turned and mirrored about the centre, then shifted along the output axes.</summary>
    private readonly record struct Placement(CubeTurn Turn, int Shift0, int Shift1, int Shift2)
    {
        /// <summary>Fills, for output axis 0, 1, 2 in turn, what each of its places adds to the index of the source voxel.</summary>
        public void Fill(Span<int> starts, int size, int first, int outside)
        {
            ReadOnlySpan<int> strides = [size * size, size, 1];
            ReadOnlySpan<int> shifts = [Shift0, Shift1, Shift2];
            for (var axis = 0; axis < 3; axis++)
            {
                var (source, reversed) = Turn[axis];
                for (var place = 0; place < size; place++)
                {
                    var from = place - shifts[axis];
                    var start = strides[source] * (reversed ? size - 1 - from : from);
                    starts[(axis * size) + place] = from < 0 || from >= size ? outside : start + (axis == 0 ? first : 0);
                }
            }
        }
    }
}
