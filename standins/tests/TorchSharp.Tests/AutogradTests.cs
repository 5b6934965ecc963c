using TorchSharp;
using static TensorSemantics.Numbers;
using static TorchSharp.torch.nn;

namespace TensorSemantics;

public sealed class AutogradTests
{
    private static torch.Tensor Some(params long[] shape)
    {
        using var generator = new torch.Generator(7);
        return torch.randn(shape, torch.float64, generator: generator);
    }

    [Fact]
    public void A_product_of_matrices_has_the_gradient_of_central_differences()
    {
        using var scope = torch.NewDisposeScope();
        var w = Some(3, 4);

        GradientAgrees(x => x.matmul(w).pow(2).sum(), Some(2, 3));
    }

    [Fact]
    public void A_batched_product_has_the_gradient_of_central_differences_in_both_factors()
    {
        using var scope = torch.NewDisposeScope();
        var (a, b) = (Some(3, 2, 4), Some(3, 4, 2));

        GradientAgrees(x => x.bmm(b).pow(2).sum(), a);
        GradientAgrees(x => a.matmul(x).pow(2).sum(), b);
    }

    [Fact]
    public void Softmax_gelu_layer_norm_and_cross_entropy_have_the_gradient_of_central_differences()
    {
        using var scope = torch.NewDisposeScope();
        var (x, weight, target) = (Some(3, 5), Some(5), torch.tensor(new long[] { 1, 0, 4 }));

        GradientAgrees(t => (t.softmax(-1) * weight).sum(), x);
        GradientAgrees(t => functional.gelu(t).sum(), x);
        GradientAgrees(t => (functional.layer_norm(t, [5], weight) * t).sum(), x, 1e-5);
        GradientAgrees(t => functional.cross_entropy(t, target, label_smoothing: 0.1), x);
    }

    [Fact]
    public void Attention_has_the_gradient_of_central_differences_in_query_key_and_value()
    {
        using var scope = torch.NewDisposeScope();
        var (q, k, v) = (Some(2, 2, 3, 4), Some(2, 2, 3, 4) * 0.7, Some(2, 2, 3, 4) - 0.2);

        GradientAgrees(x => functional.scaled_dot_product_attention(x, k, v).pow(2).sum(), q);
        GradientAgrees(x => functional.scaled_dot_product_attention(q, x, v).pow(2).sum(), k);
        GradientAgrees(x => functional.scaled_dot_product_attention(q, k, x).pow(2).sum(), v);
    }

    [Fact]
    public void Single_precision_attention_and_its_gradients_agree_with_the_formula_in_double_precision()
    {
        using var scope = torch.NewDisposeScope();
        var (q, k, v) = (Some(2, 3, 5, 4), Some(2, 3, 7, 4) * 0.7, Some(2, 3, 7, 6));
        torch.Tensor[] Grads(torch.ScalarType type, Func<torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor> attention)
        {
            var leaves = new[] { q, k, v }.Select(t => t.to(type).detach().clone().requires_grad_()).ToArray();
            var result = attention(leaves[0], leaves[1], leaves[2]);
            result.pow(3).sum().backward();
            return [result, .. leaves.Select(l => l.grad!)];
        }

        var expected = Grads(torch.float64, (a, b, c) => (a.matmul(b.transpose(-1, -2)) / 2.0).softmax(-1).matmul(c));
        var actual = Grads(torch.float32, (a, b, c) => functional.scaled_dot_product_attention(a, b, c));

        foreach (var (e, a) in expected.Zip(actual)) Near(Read(e), a, 1e-4);
    }

    [Fact]
    public void Single_precision_batched_products_agree_with_double_precision_whatever_the_strides()
    {
        using var scope = torch.NewDisposeScope();
        var (a, b) = (Some(6, 5, 4), Some(6, 3, 4).transpose(1, 2));
        torch.Tensor[] Run(torch.ScalarType type)
        {
            var (x, y) = (a.to(type).detach().requires_grad_(), b.to(type).detach().requires_grad_());
            var four = x.view(2, 3, 5, 4).matmul(y.reshape(2, 3, 4, 3));
            var three = x.bmm(y);
            var broadcast = x.view(2, 3, 5, 4).matmul(y.select(0, 0));
            (four.pow(2).sum() + three.pow(3).sum() + broadcast.pow(2).sum()).backward();
            return [four, three, broadcast, x.grad!, y.grad!];
        }

        foreach (var (e, s) in Run(torch.float64).Zip(Run(torch.float32))) Near(Read(e), s, 2e-3);
    }

    [Fact]
    public void Gradients_add_up_until_they_are_reset()
    {
        using var scope = torch.NewDisposeScope();
        var x = torch.tensor(3.0, torch.float64, requires_grad: true);
        Assert.Null(x.grad);

        x.pow(2).backward();
        x.pow(2).backward();
        Near([12], x.grad!);

        x.grad = null;
        Assert.Null(x.grad);
    }

    [Fact]
    public void A_gradient_of_a_gradient_is_found_when_the_graph_is_kept()
    {
        using var scope = torch.NewDisposeScope();
        var x = torch.tensor(2.0, torch.float64, requires_grad: true);

        var first = torch.autograd.grad([x.pow(3)], [x], retain_graph: true, create_graph: true)[0];
        var second = torch.autograd.grad([first], [x])[0];

        Near([12], first);
        Near([12], second);
        Assert.Null(x.grad);
    }

    [Fact]
    public void A_second_derivative_goes_through_single_precision_attention_and_batched_products()
    {
        using var scope = torch.NewDisposeScope();
        var (q, k, v) = (Some(2, 3, 4), Some(2, 3, 4) * 0.5, Some(2, 3, 4));
        double[] Second(torch.ScalarType type)
        {
            var leaf = q.to(type).detach().clone().requires_grad_();
            var result = functional.scaled_dot_product_attention(leaf, k.to(type), v.to(type)).bmm(leaf.transpose(1, 2));
            var first = torch.autograd.grad([result.pow(2).sum()], [leaf], retain_graph: true, create_graph: true)[0];
            return Read(torch.autograd.grad([first.pow(2).sum()], [leaf])[0]);
        }

        var (expected, actual) = (Second(torch.float64), Second(torch.float32));

        for (var i = 0; i < expected.Length; i++) Assert.Equal(expected[i], actual[i], 1e-3 * Math.Max(10, Math.Abs(expected[i])));
    }

    [Fact]
    public void Nothing_is_recorded_without_grad_and_the_mode_comes_back()
    {
        using var scope = torch.NewDisposeScope();
        var x = torch.ones(2, requires_grad: true);

        using (torch.no_grad())
        {
            Assert.False(torch.is_grad_enabled());
            Assert.False((x * 2).requires_grad);
            using (torch.enable_grad()) Assert.True((x * 2).requires_grad);
            Assert.False(torch.is_grad_enabled());
        }

        Assert.True(torch.is_grad_enabled());
        Assert.True((x * 2).requires_grad);
        using (torch.inference_mode()) Assert.True(torch.is_inference_mode_enabled());
        Assert.False(torch.is_inference_mode_enabled());
    }

    [Fact]
    public void A_detached_tensor_is_a_leaf_over_the_same_memory()
    {
        using var scope = torch.NewDisposeScope();
        var x = torch.ones(2, requires_grad: true);
        var y = x * 2;

        var detached = y.detach();
        detached.fill_(5);

        Assert.False(y.is_leaf);
        Assert.True(detached.is_leaf);
        Assert.False(detached.requires_grad);
        Near([5, 5], y);
    }

    [Fact]
    public void An_inner_gradient_is_kept_on_request()
    {
        using var scope = torch.NewDisposeScope();
        var x = torch.tensor(3f, requires_grad: true);
        var y = x * 2;
        y.retain_grad();

        y.pow(2).backward();

        Near([12], y.grad!);
        Near([24], x.grad!);
    }

    [Fact]
    public void Clipping_scales_all_gradients_to_the_common_norm_and_answers_the_norm_before()
    {
        using var scope = torch.NewDisposeScope();
        var (a, b) = (Parameter(torch.ones(1)), Parameter(torch.ones(1)));
        (a * 3 + b * 4).sum().backward();

        var before = utils.clip_grad_norm_([a, b], max_norm: 1);

        Assert.Equal(5, before, 1e-4);
        Near([0.6], a.grad!, 1e-4);
        Near([0.8], b.grad!, 1e-4);
    }
}
