using ViViT.Models.Weights;
using ViViT.Training.Optimisers;
using static TorchSharp.torch;

namespace ViViT.Training.Tests;

public class GradientClipTests
{
    private const int Count = 12;

    [Fact]
    public void Each_members_gradient_comes_out_as_PyTorchs_clip_grad_norm_leaves_it()
    {
        var clips = RecipeReference.Root.GetProperty("clips").EnumerateArray().ToList();
        Assert.Equal(3, clips.Count);
        foreach (var clip in clips)
        {
            var expected = clip.GetProperty("gradients").EnumerateArray().Select(RecipeReference.Numbers).ToList();
            using var parameters = RecipeReference.Parameters(expected.Count, Count);
            parameters.SetGradients([.. expected.Select((_, k) => Gradient(k))]);

            GradientClip.Apply(parameters, clip.GetProperty("bound").GetDouble());

            for (var k = 0; k < expected.Count; k++)
            {
                Assert.All(expected[k].Zip(parameters.ReadGradients(k)), pair => Assert.Equal(pair.First, pair.Second, 1e-6 * Math.Max(1, Math.Abs(pair.First))));
            }
        }
    }

    [Fact]
    public void A_short_gradient_keeps_its_bits_and_a_long_one_gets_the_bounds_norm()
    {
        using var parameters = RecipeReference.Parameters(2, 2);
        parameters.SetGradients([0.3f, -0.4f], [30, -40]);

        GradientClip.Apply(parameters, 1);

        Assert.Equal([0.3f, -0.4f], parameters.ReadGradients(0));
        Assert.Equal(0.6f, parameters.ReadGradients(1)[0], 1e-6f);
        Assert.Equal(-0.8f, parameters.ReadGradients(1)[1], 1e-6f);
    }

    [Fact]
    public void Zeros_stay_zeros_and_a_member_without_numbers_leaves_the_others_alone()
    {
        using var parameters = RecipeReference.Parameters(3, 2);
        parameters.SetGradients([0, 0], [float.NaN, 1], [3, 4]);

        GradientClip.Apply(parameters, 2.5);

        Assert.Equal([0, 0], parameters.ReadGradients(0));
        Assert.All(parameters.ReadGradients(1), gradient => Assert.True(float.IsNaN(gradient)));
        Assert.Equal(1.5f, parameters.ReadGradients(2)[0], 1e-6f);
        Assert.Equal(2f, parameters.ReadGradients(2)[1], 1e-6f);
    }

    [Fact]
    public void A_bound_that_is_none_is_refused()
    {
        using var parameters = RecipeReference.Parameters(1, 1);

        Assert.Throws<ArgumentOutOfRangeException>(() => GradientClip.Apply(parameters, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => GradientClip.Apply(parameters, double.NaN));
        using var kept = new FlatParameters(parameters.Layout, 1, CPU, withGradients: false);
        Assert.Throws<ArgumentException>(() => GradientClip.Apply(kept, 1));
    }

    private static float[] Gradient(int member) => [.. RecipeReference.Formula(Count, member).Select(number => (float)(Math.Pow(10, member - 1) * number))];
}
