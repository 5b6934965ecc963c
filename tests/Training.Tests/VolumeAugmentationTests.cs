using ViViT.Contracts.Specs;
using ViViT.Models;
using ViViT.Training.Augmentation;
using static TorchSharp.torch;

namespace ViViT.Training.Tests;

public class VolumeAugmentationTests
{
    private const int Batch = 600;

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    public void Turns_give_each_of_the_24_rotations_and_nothing_else(int size)
    {
        var found = Apply(new AugmentationSpec { Turn = 1 }, Numbered(size), size).Select(Text).ToList();

        // All that two quarter turns about different axes make.
        var expected = new HashSet<string> { Text(Numbered(size)) };
        for (var open = new Queue<byte[]>([Numbered(size)]); open.TryDequeue(out var volume);)
        {
            foreach (var turned in (byte[][])[Map(volume, size, (t, h, w) => (t, w, size - 1 - h)), Map(volume, size, (t, h, w) => (h, size - 1 - t, w))])
            {
                if (expected.Add(Text(turned)))
                {
                    open.Enqueue(turned);
                }
            }
        }

        Assert.Equal(24, expected.Count);
        Assert.Equal(expected, found.ToHashSet());
        Assert.All(found.CountBy(text => text), turn => Assert.InRange(turn.Value, Batch / 24 / 3, Batch / 24 * 3));
    }

    [Theory]
    [InlineData(5)]
    [InlineData(6)]
    public void A_marked_voxel_goes_where_its_turn_takes_it(int size)
    {
        // Twice the coordinates about the centre, so that they are whole numbers.
        int[] mark = [1 - size, 3 - size, size - 5];
        var volume = new byte[size * size * size];
        volume[Place(mark)] = 200;

        var found = Apply(new AugmentationSpec { Turn = 1 }, volume, size).Select(v => Array.FindIndex(v, x => x > 0)).ToHashSet();

        var expected = CubeTurn.All.Select(turn => Place([.. Enumerable.Range(0, 3).Select(a => turn[a].Reversed ? -mark[turn[a].Source] : mark[turn[a].Source])])).ToHashSet();
        Assert.Equal(24, expected.Count);
        Assert.Equal(expected, found);

        int Place(int[] doubled) => doubled.Aggregate(0, (place, x) => (place * size) + ((x + size - 1) / 2));
    }

    [Fact]
    public void Flips_give_all_eight_mirror_images_as_often_as_asked()
    {
        const int Size = 3;
        var (volume, images) = (Numbered(Size), Mirrors(Numbered(Size), Size));

        var found = Apply(new AugmentationSpec { Flip = 0.3 }, volume, Size).Select(v => images.FindIndex(image => image.SequenceEqual(Bytes(v)))).ToList();

        Assert.DoesNotContain(-1, found);
        Assert.Equal(8, found.Distinct().Count());
        for (var axis = 0; axis < 3; axis++)
        {
            Assert.InRange(found.Count(image => (image & (1 << axis)) != 0) / (double)Batch, 0.22, 0.38);
        }

        Assert.All(Apply(new AugmentationSpec { Flip = 1 }, volume, Size), v => Assert.Equal(images[7], Bytes(v)));
    }

    [Fact]
    public void Shifts_move_both_ways_along_each_axis_and_zeros_move_in()
    {
        const int Size = 4;
        var volume = Numbered(Size);
        var expected = (from a in Enumerable.Range(-2, 5)
                        from b in Enumerable.Range(-2, 5)
                        from c in Enumerable.Range(-2, 5)
                        select Text(Map(volume, Size, (t, h, w) => (t - a, h - b, w - c)))).ToHashSet();

        var found = Apply(new AugmentationSpec { Shift = 2 }, volume, Size, steps: 5).Select(Text).ToHashSet();

        Assert.Equal(125, expected.Count);
        Assert.Equal(expected, found);
    }

    [Fact]
    public void A_shift_beyond_the_volume_leaves_zeros()
    {
        var found = Apply(new AugmentationSpec { Shift = 9 }, Numbered(2), 2).ToList();

        Assert.Contains(found, volume => volume.All(voxel => voxel == 0));
        Assert.Contains(found, volume => volume.Any(voxel => voxel != 0));
    }

    [Fact]
    public void Intensity_changes_a_whole_volume_by_one_gain_and_one_offset_within_bounds()
    {
        byte[] volume = [0, 51, 102, 153, 204, 255, 0, 255];
        var found = Apply(new AugmentationSpec { Intensity = 0.2 }, volume, 2).ToList();

        var (gains, offsets) = (found.Select(v => v[5] - v[0]).ToList(), found.Select(v => v[0]).ToList());
        for (var i = 0; i < Batch; i++)
        {
            Assert.All(volume.Zip(found[i]), pair => Assert.Equal((gains[i] * pair.First / 255f) + offsets[i], pair.Second, 1e-6f));
        }

        Assert.InRange(gains.Min(), 0.8f - 1e-6f, 0.81f);
        Assert.InRange(gains.Max(), 1.19f, 1.2f + 1e-6f);
        Assert.InRange(offsets.Min(), -0.2f, -0.19f);
        Assert.InRange(offsets.Max(), 0.19f, 0.2f);
        Assert.InRange(gains.Average(), 0.98, 1.02);
        Assert.InRange(offsets.Average(), -0.02, 0.02);
    }

    [Fact]
    public void Without_changes_the_voxels_are_scaled_to_one()
    {
        var found = Apply(new AugmentationSpec(), Numbered(3), 3).ToList();

        Assert.All(found, volume => Assert.Equal(Numbered(3).Select(voxel => voxel * (float)(1.0 / 255)), volume));
    }

    [Fact]
    public void Draws_are_the_same_for_the_same_seed_and_step_and_others_for_others()
    {
        const int Size = 4;
        var spec = new AugmentationSpec { Flip = 0.5, Turn = 0.5, Shift = 1, Intensity = 0.1 };
        string Of(int seed, long step) => string.Join("|", Apply(spec, Numbered(Size), Size, seed, step).Select(Text));

        Assert.Equal(Of(1, 1), Of(1, 1));
        Assert.Equal(3, new[] { Of(1, 1), Of(1, 2), Of(2, 1) }.Distinct().Count());
    }

    [Fact]
    public void Each_change_draws_from_the_sequence_of_its_own_name()
    {
        const int Size = 5;
        var (flips, turns) = (RandomSequence.Of(3, "augmentation/flip", 1), RandomSequence.Of(3, "augmentation/turn", 1));
        var (shifts, intensities) = (RandomSequence.Of(3, "augmentation/shift", 1), RandomSequence.Of(3, "augmentation/intensity", 1));
        var found = Apply(new AugmentationSpec { Flip = 0.5, Turn = 0.7, Shift = 2, Intensity = 0.1 }, Numbered(Size), Size).ToList();

        foreach (var volume in found)
        {
            var (turned, turn) = (turns.NextDouble() < 0.7, CubeTurn.All[turns.NextBelow(24)]);
            bool[] mirrored = [flips.NextDouble() < 0.5, flips.NextDouble() < 0.5, flips.NextDouble() < 0.5];
            int[] moved = [shifts.NextBelow(5) - 2, shifts.NextBelow(5) - 2, shifts.NextBelow(5) - 2];
            var (gain, offset) = (1 + (0.1 * ((2 * intensities.NextDouble()) - 1)), 0.1 * ((2 * intensities.NextDouble()) - 1));
            var expected = Map(Numbered(Size), Size, (t, h, w) =>
            {
                int[] output = [t, h, w], source = [0, 0, 0];
                for (var axis = 0; axis < 3; axis++)
                {
                    var from = output[axis] - moved[axis];
                    var (axisOfSource, reversed) = turned ? turn[axis] : (axis, false);
                    source[axisOfSource] = from < 0 || from >= Size ? -1 : reversed ^ mirrored[axis] ? Size - 1 - from : from;
                }

                return (source[0], source[1], source[2]);
            });
            Assert.All(expected.Zip(volume), pair => Assert.Equal((gain * pair.First / 255) + offset, pair.Second, 1e-6));
        }
    }

    [Fact]
    public void Each_members_volumes_come_out_as_alone_also_where_the_gather_is_done_in_parts()
    {
        using var scope = NewDisposeScope();
        const int Size = 4;
        var spec = new AugmentationSpec { Flip = 0.5, Turn = 0.8, Shift = 1, Intensity = 0.1 };
        int[] seeds = [5, 6, 7];
        var volumes = arange(3 * 5 * 64).remainder(251).to(ScalarType.Byte).view(3, 5, Size, Size, Size);

        var group = new VolumeAugmentation(spec, seeds, Size, CPU).Apply(volumes, step: 3);
        var parts = new VolumeAugmentation(spec, seeds, Size, CPU) { GatherVoxels = 4 * 64 }.Apply(volumes, step: 3);

        Assert.Equal([3, 5, Size, Size, Size], group.shape);
        Assert.True(group.Equals(parts));
        for (var k = 0; k < seeds.Length; k++)
        {
            var alone = new VolumeAugmentation(spec, [seeds[k]], Size, CPU).Apply(volumes.narrow(0, k, 1), step: 3);
            Assert.True(alone.Equals(group.narrow(0, k, 1)));
        }
    }

    [Fact]
    public void Switching_one_change_on_alters_no_draw_of_another()
    {
        const int Size = 5;
        var (flip, turn, shift, intensity) = (new AugmentationSpec { Flip = 0.5 }, new AugmentationSpec { Turn = 0.7 }, new AugmentationSpec { Shift = 2 }, new AugmentationSpec { Intensity = 0.1 });
        var all = new AugmentationSpec { Flip = 0.5, Turn = 0.7, Shift = 2, Intensity = 0.1 };
        var centre = new byte[Size * Size * Size];
        centre[centre.Length / 2] = 255;
        var zeros = new byte[centre.Length];

        var (numbered, mirrors) = (Numbered(Size), Mirrors(Numbered(Size), Size));
        var flips = Apply(flip, numbered, Size).Select(v => mirrors.FindIndex(image => image.SequenceEqual(Bytes(v)))).ToList();
        var turned = Apply(turn, numbered, Size).ToList();
        var shifted = Apply(shift, centre, Size).Select(v => Array.FindIndex(v, x => x > 0)).ToList();
        var offsets = Apply(intensity, zeros, Size).Select(v => v[0]).ToList();

        var together = Apply(flip with { Turn = 0.7 }, numbered, Size).ToList();
        var centres = Apply(all, centre, Size).ToList();
        for (var i = 0; i < Batch; i++)
        {
            Assert.Equal(Mirrors(Bytes(turned[i]), Size)[flips[i]], Bytes(together[i]));
            Assert.Equal(shifted[i], Array.IndexOf(centres[i], centres[i].Max()));
            Assert.Equal(offsets[i], centres[i].Min());
        }

        Assert.True(shifted.Distinct().Count() > 50 && offsets.Distinct().Count() > 500);
    }

    [Fact]
    public void Volumes_of_another_shape_are_refused()
    {
        using var scope = NewDisposeScope();
        var augmentation = new VolumeAugmentation(new AugmentationSpec(), [1], 4, CPU);

        Assert.Throws<ArgumentException>(() => augmentation.Apply(Zeros(2, 3, 4, 4, 4), 1));
        Assert.Throws<ArgumentException>(() => augmentation.Apply(Zeros(1, 3, 4, 4, 5), 1));

        static Tensor Zeros(params long[] shape) => zeros(shape, ScalarType.Byte);
    }

    // Batch copies of the volume a step, each changed in its own way.
    private static IEnumerable<float[]> Apply(AugmentationSpec spec, byte[] volume, int size, int seed = 3, long step = 1, int steps = 1)
    {
        var augmentation = new VolumeAugmentation(spec, [seed], size, CPU);
        for (var last = step + steps; step < last; step++)
        {
            using var scope = NewDisposeScope();
            var volumes = tensor(volume).view(1, 1, size, size, size).expand(1, Batch, size, size, size);
            var numbers = augmentation.Apply(volumes, step).data<float>().ToArray();
            foreach (var changed in numbers.Chunk(volume.Length))
            {
                yield return changed;
            }
        }
    }

    // Every voxel another, none of them 0.
    private static byte[] Numbered(int size) => [.. Enumerable.Range(1, size * size * size).Select(i => (byte)i)];

    // The voxel at (t, h, w) is the source's at the place that `from` names; 0 outside.
    private static byte[] Map(byte[] volume, int size, Func<int, int, int, (int T, int H, int W)> from) =>
    [
        .. from t in Enumerable.Range(0, size)
           from h in Enumerable.Range(0, size)
           from w in Enumerable.Range(0, size)
           let place = @from(t, h, w)
           let inside = place.T >= 0 && place.T < size && place.H >= 0 && place.H < size && place.W >= 0 && place.W < size
           select inside ? volume[(((place.T * size) + place.H) * size) + place.W] : (byte)0,
    ];

    // By number: bit 0, 1, 2 for axis t, h, w.
    private static List<byte[]> Mirrors(byte[] volume, int size) =>
    [
        .. Enumerable.Range(0, 8).Select(axes => Map(volume, size, (t, h, w) =>
            ((axes & 1) != 0 ? size - 1 - t : t, (axes & 2) != 0 ? size - 1 - h : h, (axes & 4) != 0 ? size - 1 - w : w))),
    ];

    private static byte[] Bytes(float[] volume) => [.. volume.Select(voxel => (byte)Math.Round(voxel * 255))];

    private static string Text(byte[] volume) => Convert.ToHexString(volume);

    private static string Text(float[] volume) => Text(Bytes(volume));
}
