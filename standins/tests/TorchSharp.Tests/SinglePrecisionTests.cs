using TorchSharp;
using static TensorSemantics.Numbers;
using static TorchSharp.torch;

namespace TensorSemantics;

/// <summary>Softmax, GELU and batched products in float32 and bfloat16, values, gradients and gradients of gradients, held to float64.</summary>
public sealed class SinglePrecisionTests
{
    private static Tensor Some(long[] shape, ulong seed, double scale = 1)
    {
        using var generator = new Generator(seed);
        return randn(shape, float64, generator: generator).mul_(scale);
    }

    // Value, gradient of a weighted sum, and gradient of that gradient's squares, by each input; the inputs rounded to the type first.
    private static double[][] Everything(ScalarType type, Func<Tensor[], Tensor> function, params Tensor[] inputs)
    {
        using var scope = NewDisposeScope();
        var leaves = inputs.Select(input => input.to(type).detach().requires_grad_()).ToArray();
        var value = function(leaves);
        var weight = Some(value.shape, 99).to(value.dtype);
        var first = autograd.grad([(value * weight).sum()], leaves, retain_graph: true, create_graph: true);
        var second = autograd.grad([first.Select(one => one.to(float64).pow(2).sum()).Aggregate((a, b) => a + b)], leaves);
        // Once more without a graph of the gradient.
        var leaner = autograd.grad([(function(leaves) * weight).sum()], leaves);
        return [Read(value), .. first.Select(Read), .. second.Select(Read), .. leaner.Select(Read)];
    }

    private static void AgreeWithDoubles(ScalarType type, double tolerance, Func<Tensor[], Tensor> function, params Tensor[] inputs)
    {
        var rounded = inputs.Select(input => input.to(type).to(float64)).ToArray();
        var (expected, found) = (Everything(float64, function, rounded), Everything(type, function, rounded));
        for (var part = 0; part < expected.Length; part++)
        {
            var scale = expected[part].Max(Math.Abs);
            for (var i = 0; i < expected[part].Length; i++)
            {
                Assert.True(Math.Abs(expected[part][i] - found[part][i]) <= tolerance * scale,
                    $"part {part} [{i}]: expected {expected[part][i]}, got {found[part][i]}, largest {scale}");
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(27)]
    [InlineData(64)]
    [InlineData(256)]
    [InlineData(300)]
    public void Softmax_of_rows_of_any_length(long length)
    {
        using var scope = NewDisposeScope();

        AgreeWithDoubles(float32, 2e-6, x => x[0].softmax(-1), Some([5, 40, length], 1, scale: 5));
        AgreeWithDoubles(float32, 2e-6, x => x[0].softmax(2), Some([2, 3, length], 2));
        AgreeWithDoubles(float32, 2e-6, x => x[0].transpose(0, 1).softmax(-1), Some([length, 7], 3));
        AgreeWithDoubles(float32, 2e-6, x => x[0].softmax(1), Some([3, 4, length], 4));
    }

    [Fact]
    public void Softmax_of_bfloat16_in_float32_leaves_a_gradient_in_bfloat16()
    {
        using var scope = NewDisposeScope();
        var x = Some([4, 27], 5).to(bfloat16).requires_grad_();

        var y = x.softmax(-1, float32);
        (y * y).sum().backward();

        Assert.Equal((float32, bfloat16), (y.dtype, x.grad!.dtype));
        Near(Read(x.to(float64).softmax(-1)), y, 1e-6);
        Assert.Equal(bfloat16, x.softmax(-1).dtype);
        AgreeWithDoubles(bfloat16, 1e-2, t => t[0].softmax(-1, t[0].dtype == float64 ? float64 : float32), Some([30, 27], 6));
    }

    [Fact]
    public void Softmax_of_what_is_masked_is_zero_and_of_what_is_no_number_is_none()
    {
        using var scope = NewDisposeScope();
        const float none = float.NegativeInfinity;
        var x = tensor(new[] { 0, none, 0, none, none, none, 0, float.NaN, 1, 88, -88, 200 }).view(4, 3);

        var y = Read(x.softmax(-1));

        Assert.Equal([0.5, 0, 0.5], y[..3]);
        Assert.All(y[3..9], value => Assert.True(double.IsNaN(value)));
        Assert.Equal([0, 0, 1], y[9..]);
    }

    [Fact]
    public void Gelu_keeps_the_order_of_memory()
    {
        using var scope = NewDisposeScope();
        var x = Some([4, 5, 6], 14).to(float32);

        Assert.Equal(x.permute(2, 0, 1).stride(), x.permute(2, 0, 1).gelu().stride());
        Assert.Equal(x.stride(), x.gelu().stride());
        AgreeWithDoubles(float32, 1e-6, t => t[0].narrow(1, 1, 3).gelu(), x);
        AgreeWithDoubles(float32, 1e-6, t => t[0].permute(2, 0, 1).gelu().permute(1, 2, 0).contiguous().gelu(), x);
    }

    [Fact]
    public void Gelu_near_and_far_from_zero()
    {
        using var scope = NewDisposeScope();

        AgreeWithDoubles(float32, 1e-6, x => nn.functional.gelu(x[0]), Some([3, 5000], 7, scale: 2));
        AgreeWithDoubles(float32, 1e-6, x => x[0].t().gelu(), Some([5, 7], 8));
        AgreeWithDoubles(bfloat16, 2e-2, x => x[0].gelu(), Some([100], 9));
        Near([0, 0, 0, 100, -8.0e-8], tensor(new[] { 0f, -0f, -100, 100, -5.5f }).gelu(), 6e-7);
        Assert.True(double.IsNaN(Read(tensor(new[] { float.NaN }).gelu())[0]));
    }

    [Theory]
    [InlineData(5)]
    [InlineData(27)]
    [InlineData(67)]
    public void The_same_row_gives_the_same_bits_wherever_and_however_it_lies(long length)
    {
        using var scope = NewDisposeScope();
        var row = Some([1, length], 13, scale: 3).to(float32);
        var rows = row.expand(501, length).contiguous();

        foreach (var function in (Func<Tensor, Tensor>[])[x => x.softmax(-1), x => x.gelu(), Gradient(x => x.softmax(-1)), Gradient(x => x.gelu())])
        {
            var expected = function(row).data<float>().ToArray();
            Assert.Equal(Enumerable.Repeat(expected, 501).SelectMany(value => value), function(rows).contiguous().data<float>().ToArray());
            Assert.Equal(Enumerable.Repeat(expected, 501).SelectMany(value => value), function(rows.t().contiguous().t()).contiguous().data<float>().ToArray());
            Assert.Equal(Enumerable.Repeat(expected, 501).SelectMany(value => value), function(row.expand(501, length)).contiguous().data<float>().ToArray());
        }

        Func<Tensor, Tensor> Gradient(Func<Tensor, Tensor> function) => x =>
        {
            var leaf = x.detach().requires_grad_();
            return autograd.grad([function(leaf).pow(3).sum()], [leaf])[0];
        };
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void A_batched_product_with_a_row_of_bias(long members)
    {
        using var scope = NewDisposeScope();
        var (bias, a, b) = (Some([members, 1, 128], 10), Some([members, 80, 128], 11), Some([members, 128, 128], 12));

        AgreeWithDoubles(float32, 1e-5, x => baddbmm(x[0], x[1], x[2]).pow(2), bias, a, b);
        AgreeWithDoubles(bfloat16, 3e-2, x => baddbmm(x[0], x[1], x[2]).pow(2), bias, a, b);
        AgreeWithDoubles(float32, 1e-5, x => baddbmm(x[0], a.to(x[0].dtype), x[1]).pow(2), bias, b);
    }

    [Fact]
    public void A_batched_product_whose_shapes_do_not_fit_is_an_exception()
    {
        using var scope = NewDisposeScope();

        Assert.ThrowsAny<Exception>(() => baddbmm(zeros(1, 1, 128), zeros(1, 80, 128), zeros(1, 127, 128)));
        Assert.ThrowsAny<Exception>(() => baddbmm(zeros(1, 1, 127), zeros(1, 80, 128), zeros(1, 128, 128)));
    }
}
