using TorchSharp;
using static TensorSemantics.Numbers;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace TensorSemantics;

/// <summary>Values worked out by hand or from the defining formula.</summary>
public sealed class FunctionTests
{
    private static double[] Values(params double[] values) => values;

    [Fact]
    public void Softmax_and_log_softmax()
    {
        using var scope = NewDisposeScope();
        var x = tensor(new[] { 0f, MathF.Log(2), MathF.Log(5) });

        Near(Values(0.125, 0.25, 0.625), x.softmax(0));
        Near(Values(Math.Log(0.125), Math.Log(0.25), Math.Log(0.625)), functional.log_softmax(x, 0));
        Assert.Equal(float64, functional.softmax(x, 0, float64).dtype);
    }

    [Fact]
    public void Shifts_repeat_the_sign_and_products_of_int64_wrap_around()
    {
        using var scope = NewDisposeScope();
        var x = tensor(new[] { 6L, -8, long.MaxValue });

        Assert.Equal([1L, -2, long.MaxValue >> 2], x.bitwise_right_shift(tensor(2L)).data<long>().ToArray());
        Assert.Equal([24L, -32, -4], x.bitwise_left_shift(tensor(2L)).data<long>().ToArray());
        Assert.Equal([18L, -24, unchecked(long.MaxValue * 3)], x.mul(3L).data<long>().ToArray());
    }

    [Fact]
    public void Gelu_is_exact_and_not_the_approximation_by_tanh()
    {
        using var scope = NewDisposeScope();

        Near(Values(-0.1586552539, 0, 0.8413447461, 1.9544997361), functional.gelu(tensor(new[] { -1.0, 0, 1, 2 })), 1e-9);
    }

    [Fact]
    public void Layer_norm_divides_by_the_biased_deviation_then_scales_and_shifts()
    {
        using var scope = NewDisposeScope();
        var x = Doubles([1, 4], 1, 2, 3, 4);
        var deviation = Math.Sqrt(1.25 + 1e-5);

        Near(Values(-1.5 / deviation, -0.5 / deviation, 0.5 / deviation, 1.5 / deviation), functional.layer_norm(x, [4]), 1e-12);
        Near(Values(1, 1, 1, 1), functional.layer_norm(x, [4], zeros(4, float64), ones(4, float64)), 1e-12);
    }

    [Fact]
    public void Cross_entropy_means_sums_smooths_weights_and_ignores()
    {
        using var scope = NewDisposeScope();
        var logits = Doubles([2, 3], Math.Log(1), Math.Log(2), Math.Log(5), Math.Log(2), Math.Log(2), Math.Log(4));
        var target = tensor(new long[] { 2, 0 });
        var (a, b) = (-Math.Log(0.625), -Math.Log(0.25));

        Near([(a + b) / 2], functional.cross_entropy(logits, target), 1e-12);
        Near([a + b], functional.cross_entropy(logits, target, reduction: Reduction.Sum), 1e-12);
        Near([a, b], functional.cross_entropy(logits, target, reduction: Reduction.None), 1e-12);
        Near([a], functional.cross_entropy(logits, target, ignore_index: 0), 1e-12);
        Near([(a + 3 * b) / 4], functional.cross_entropy(logits, target, weight: tensor(new[] { 3.0, 1, 1 })), 1e-12);
        var uniform = -(Math.Log(0.125) + Math.Log(0.25) + Math.Log(0.625)) / 3;
        Near([0.9 * a + 0.1 * uniform], functional.cross_entropy(logits[..1], target[..1], label_smoothing: 0.1), 1e-12);
    }

    [Fact]
    public void Other_losses()
    {
        using var scope = NewDisposeScope();
        var (x, y) = (tensor(new[] { 0.0, 2 }), tensor(new[] { 1.0, 0 }));

        Near([2.5], functional.mse_loss(x, y));
        Near([1.5], functional.l1_loss(x, y));
        Near([(Math.Log(2) + Math.Log(1 + Math.Exp(2))) / 2], functional.binary_cross_entropy_with_logits(x, y));
    }

    [Fact]
    public void Convolution_slides_the_kernel_without_turning_it()
    {
        using var scope = NewDisposeScope();
        var image = arange(9, float32).view(1, 1, 3, 3);
        var kernel = tensor(new[] { 1f, 0, 0, 2 }).view(1, 1, 2, 2);

        Near(Values(8, 11, 17, 20), functional.conv2d(image, kernel));
        Near(Values(9, 12, 18, 21), functional.conv2d(image, kernel, ones(1)));
        Near(Values(8), functional.conv2d(image, kernel, strides: [2, 2]));
        Assert.Equal([1, 1, 4, 4], functional.conv2d(image, kernel, padding: [1, 1]).shape);
        Near([3 * 8 - 1], functional.conv3d(ones(new long[] { 1, 3, 2, 2, 2 }), ones(new long[] { 1, 3, 2, 2, 2 }), tensor(new[] { -1f })));
    }

    [Fact]
    public void Attention_weighs_values_by_the_scaled_match_of_query_and_key()
    {
        using var scope = NewDisposeScope();
        var q = Doubles([1, 4], 2, 0, 0, 0);
        var k = Doubles([2, 4], Math.Log(3), 0, 0, 0, 0, 0, 0, 0);
        var v = Doubles([2, 1], 1, 5);

        Near([0.75 * 1 + 0.25 * 5], functional.scaled_dot_product_attention(q, k, v), 1e-12);
        Near([5], functional.scaled_dot_product_attention(q, k, v, attn_mask: tensor(new[] { false, true }).unsqueeze(0)), 1e-12);
        Near([0.5 * 1 + 0.5 * 5], functional.scaled_dot_product_attention(q, k, v, attn_mask: Doubles([1, 2], -Math.Log(3), 0)), 1e-12);
        Near([1], functional.scaled_dot_product_attention(q, k, v, is_casual: true), 1e-12);
    }

    [Fact]
    public void Attention_that_drops_everything_gives_zeros_and_half_keeps_the_expectation()
    {
        using var scope = NewDisposeScope();
        var (q, k, v) = (randn(1, 2, 50, 4), randn(1, 2, 60, 4), ones(1, 2, 60, 300));

        Near(new double[2 * 50 * 300], functional.scaled_dot_product_attention(q, k, v, p: 1));
        Assert.Equal(1, functional.scaled_dot_product_attention(q, k, v, p: 0.5).mean().item<float>(), 0.15);
    }

    [Fact]
    public void Dropout_zeroes_or_scales_and_leaves_alone_what_is_not_trained()
    {
        using var scope = NewDisposeScope();
        var x = ones(10000);

        var dropped = functional.dropout(x, 0.75);

        Assert.True(((dropped == 0) | (dropped == 4)).all().item<bool>());
        Assert.Equal(0.25, (dropped != 0).to(float32).mean().item<float>(), 0.05);
        Assert.True(functional.dropout(x, 0.75, training: false).Equals(x));
    }

    [Fact]
    public void Padding_starts_at_the_last_axis()
    {
        using var scope = NewDisposeScope();
        var x = tensor(new[] { 1f, 2, 3 }).view(1, 3);

        Near(Values(0, 1, 2, 3, 0, 0), functional.pad(x, (1, 2)));
        Near(Values(2, 1, 2, 3, 2), functional.pad(x, (1, 1), PaddingModes.Reflect));
        Assert.Equal([2, 3], functional.pad(x, (0, 0, 0, 1), value: 7).shape);
        Near(Values(0, 1, 3, 4, 1, 2, 4, 5, 3, 4, 6, 7, 4, 5, 7, 8), functional.unfold(arange(9, float32).view(1, 1, 3, 3), 2).transpose(1, 2));
    }

    [Fact]
    public void Reductions()
    {
        using var scope = NewDisposeScope();
        var x = tensor(new[,] { { 1f, 2, 3 }, { 4, 5, 9 } });

        Near([24], x.sum());
        Near(Values(5, 7, 12), x.sum([0]));
        Near(Values(2, 6), x.mean([1]));
        Assert.Equal([2, 1], x.mean([1], keepdim: true).shape);
        Near(Values(1, 7), x.var(1));
        Near(Values(2.0 / 3, 14.0 / 3), x.var(1, unbiased: false));
        var (variance, mean) = x.var_mean([1], unbiased: false);
        Near(Values(2.0 / 3, 14.0 / 3), variance);
        Near(Values(2, 6), mean);
        Near(Values(3, 9), x.max(1).values);
        Near(Values(2, 2), x.argmax(1));
        Near([9], x.amax([0, 1]));
        Near(Values(9, 5), x.topk(2).values[1]);
        Near(Values(1, 3, 6), x.cumsum(1)[0]);
        Near([Math.Sqrt(136)], x.norm(), 1e-5);
        Near(Values(2, 1, 0), x.argsort(1, descending: true)[0]);
        Near(Values(0, 1, 0, 2), torch.bincount(tensor(new long[] { 1, 3, 3 })));
        Assert.True((x > 0).all().item<bool>());
        Assert.False((x > 9).any().item<bool>());
        Near(Values(1, 0, 0), tensor(new[] { float.NaN, 1, float.PositiveInfinity }).isnan());
        Near(Values(0, 1, 0), tensor(new[] { float.NaN, 1, float.PositiveInfinity }).isfinite());
    }

    [Fact]
    public void A_literal_zero_given_to_sum_is_a_type_and_not_an_axis()
    {
        using var scope = NewDisposeScope();
        var x = ones(2, 3);

        Assert.Equal((uint8, 0), (x.sum(0).dtype, (int)x.sum(0).ndim));
        Assert.Equal([3], x.sum(0L).shape);
    }

    [Fact]
    public void Arithmetic_with_numbers_keeps_the_type_and_the_order_of_operands()
    {
        using var scope = NewDisposeScope();
        var x = tensor(new[] { 1f, 2, 4 });

        Near(Values(2, 3, 5), x + 1);
        Near(Values(9, 8, 6), 10 - x);
        Near(Values(1, 0.5, 0.25), 1.0 / x);
        Near(Values(-1, -2, -4), -x);
        Near(Values(0.5, 1, 2), x / 2);
        Near(Values(1, 0, 0), x % 2);
        Assert.Equal(float32, (x * 2.5).dtype);
        Assert.Equal(float32, (tensor(new[] { 1L }) * 2.5).dtype);
        Assert.Equal(int64, (tensor(new[] { 1L }) * 2).dtype);
        Near(Values(0, 1, 2), x.div(2, RoundingMode.floor));
        Near(Values(1, 2, 3), x.clamp(max: (Scalar)3));
        Near(Values(2, 2, 4), x.clamp_min(2));
        Near(Values(1, -1, -1), where(x < 2, x, tensor(-1f)));
        Near(Values(1, 0, 4), x.masked_fill(x == 2, 0));
        Near(Values(1.5, 2.5, 4.5), x.lerp(x + 1, tensor(0.5f)));
        Near(Values(0, 0.5, 1), linspace(0, 1, 3));
    }

    [Fact]
    public void Optimiser_steps_in_place()
    {
        using var scope = NewDisposeScope();
        var (p, g) = (ones(2), tensor(new[] { 1f, 2 }));

        Near(Values(0.9, 0.8), p.add_(g, alpha: -0.1));
        Near(Values(1.9, 4.8), p.addcmul_(g, g, 1));
        Near(Values(2.4, 5.8), p.addcdiv_(g, tensor(new[] { 2f, 2 }), 1));
        Near(Values(1.2, 2.9), p.mul_(0.5));
        Near(Values(1, 2), p.copy_(g));
        Near(Values(1, Math.Sqrt(2)), p.sqrt_());
    }
}
