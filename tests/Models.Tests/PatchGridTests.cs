using TorchSharp;
using ViViT.Contracts.Specs;
using ViViT.Models.Tokenizers;
using static TorchSharp.torch;

namespace ViViT.Models.Tests;

public class PatchGridTests
{
    private const int Size = 7;

    [Fact]
    public void A_tubelet_holds_its_voxels_in_order_of_time_height_and_width()
    {
        var grid = new PatchGrid(new ModelSpec { Patch = new Patch(2, 3, 3) }, Size);

        var patches = Cut(grid, samples: 2);

        Assert.Equal((3 * 2 * 2, 18), (grid.Tokens, grid.Voxels));
        for (var t = 0; t < 6; t++)
        {
            for (var h = 0; h < 6; h++)
            {
                for (var w = 0; w < 6; w++)
                {
                    var token = (t / 2 * 4) + (h / 3 * 2) + (w / 3);
                    var voxel = (t % 2 * 9) + (h % 3 * 3) + (w % 3);
                    Assert.Equal(Voxel(0, t, h, w), patches[token, 0, voxel]);
                    Assert.Equal(Voxel(1, t, h, w), patches[token, 1, voxel]);
                }
            }
        }
    }

    [Theory]
    [InlineData(FrameOffset.Zero, new[] { 0, 2, 4 })]
    [InlineData(FrameOffset.Centre, new[] { 1, 3, 5 })]
    [InlineData(FrameOffset.Patch, new[] { 2, 4, 6 })]
    public void Uniform_frame_sampling_cuts_the_frames_of_its_rule(FrameOffset offset, int[] frames)
    {
        var grid = new PatchGrid(new ModelSpec { Tokenizer = Tokenizer.UniformFrameSampling, FrameOffset = offset, Patch = new Patch(2, 3, 3) }, Size);

        var patches = Cut(grid, samples: 2);

        Assert.Equal((3 * 2 * 2, 9), (grid.Tokens, grid.Voxels));
        Assert.Equal(frames, grid.Geometry.Frames);
        for (var run = 0; run < 3; run++)
        {
            for (var h = 0; h < 6; h++)
            {
                for (var w = 0; w < 6; w++)
                {
                    Assert.Equal(Voxel(1, frames[run], h, w), patches[(run * 4) + (h / 3 * 2) + (w / 3), 1, (h % 3 * 3) + (w % 3)]);
                }
            }
        }
    }

    [Theory]
    [InlineData(8, FrameOffset.Patch, new[] { 8, 16, 24 })]
    [InlineData(7, FrameOffset.Patch, new[] { 7, 14, 21, 27 })]
    [InlineData(28, FrameOffset.Patch, new[] { 27 })]
    [InlineData(28, FrameOffset.Centre, new[] { 14 })]
    public void A_frame_past_the_end_of_a_volume_of_28_is_clamped_into_it(int patch, FrameOffset offset, int[] frames)
    {
        Assert.Equal(frames, new PatchGrid(new ModelSpec { FrameOffset = offset, Patch = new Patch(patch, 8, 8) }, 28).Geometry.Frames);
    }

    [Theory]
    [InlineData(8, 1, 1)]
    [InlineData(1, 1, 0)]
    public void A_patch_that_does_not_fit_is_refused(int t, int h, int w)
    {
        Assert.Throws<ArgumentException>(() => new PatchGrid(new ModelSpec { Patch = new Patch(t, h, w) }, Size));
    }

    [Fact]
    public void A_volume_of_another_size_is_refused()
    {
        using var scope = NewDisposeScope();
        var grid = new PatchGrid(new ModelSpec { Patch = new Patch(2, 2, 2) }, Size);

        var refused = Assert.Throws<ArgumentException>(() => grid.Cut(zeros([1, 7, 7, 6], ScalarType.Byte)));

        Assert.Contains("[1, 7, 7, 6]", refused.Message, StringComparison.Ordinal);
    }

    // Unique within a sample up to 256, and different between two samples.
    private static byte Voxel(int s, int t, int h, int w) => (byte)((s * 101) + (t * 49) + (h * 7) + w);

    private static byte[,,] Cut(PatchGrid grid, int samples)
    {
        using var scope = NewDisposeScope();
        var volumes = new byte[samples * Size * Size * Size];
        for (var i = 0; i < volumes.Length; i++)
        {
            volumes[i] = Voxel(i / (Size * Size * Size), i / (Size * Size) % Size, i / Size % Size, i % Size);
        }

        var cut = grid.Cut(tensor(volumes).view(samples, Size, Size, Size));
        Assert.Equal([grid.Tokens, samples, grid.Voxels], cut.shape);
        Assert.Equal(ScalarType.Byte, cut.dtype);
        var patches = new byte[grid.Tokens, samples, grid.Voxels];
        Buffer.BlockCopy(cut.bytes.ToArray(), 0, patches, 0, patches.Length);
        return patches;
    }
}
