using TorchSharp;
using TorchSharp.Modules;
using static TensorSemantics.Numbers;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace TensorSemantics;

public sealed class ModuleTests
{
    private sealed class Net : Module<Tensor, Tensor>
    {
        private readonly Linear first;
        private readonly ModuleList<LayerNorm> norms;
        private readonly Parameter scale;
        private readonly Tensor offset;
        private readonly Dropout drop;

        public Net(bool persistent = true) : base(nameof(Net))
        {
            first = Linear(3, 4);
            norms = ModuleList(LayerNorm(4), LayerNorm(4));
            scale = Parameter(ones(4) * 2);
            offset = zeros(4).DetachFromDisposeScope();
            drop = Dropout(0.5);
            register_buffer("extra", ones(1), persistent);
            RegisterComponents();
        }

        public override Tensor forward(Tensor input)
        {
            var x = first.call(input);
            foreach (var norm in norms) x = norm.call(x);
            return drop.call(x) * scale + offset;
        }
    }

    [Fact]
    public void Components_are_found_by_the_names_of_their_fields()
    {
        using var net = new Net();

        Assert.Equal(
            ["first.bias", "first.weight", "norms.0.bias", "norms.0.weight", "norms.1.bias", "norms.1.weight", "scale"],
            net.named_parameters().Select(p => p.name).Order());
        Assert.Equal(["extra", "offset"], net.named_buffers().Select(b => b.name).Order());
        Assert.Equal(["drop", "first", "norms"], net.named_children().Select(c => c.name).Order());
        Assert.Equal([4, 3], net.get_parameter("first.weight")!.shape);
        Assert.Null(net.get_parameter("first.nothing"));
        Assert.True(net.has_buffer("offset"));
    }

    [Fact]
    public void A_state_dict_carries_one_model_into_another()
    {
        using var scope = NewDisposeScope();
        using var source = new Net();
        using var target = new Net();
        using (no_grad()) foreach (var p in source.parameters()) p.normal_();
        var state = source.state_dict();
        Assert.Equal(9, state.Count);

        var copy = state.ToDictionary(p => p.Key, p => p.Value.clone());
        target.load_state_dict(copy);

        foreach (var (name, tensor) in target.state_dict()) Assert.True(tensor.Equals(state[name]), name);
        source.eval();
        target.eval();
        var x = randn(2, 3);
        Assert.True(source.call(x).allclose(target.call(x)));
    }

    [Fact]
    public void A_state_dict_that_does_not_fit_is_refused_unless_that_is_wanted()
    {
        using var scope = NewDisposeScope();
        using var net = new Net();
        var state = net.state_dict().ToDictionary(p => p.Key, p => p.Value.clone());
        state.Remove("scale");
        state["other"] = ones(1);

        Assert.Throws<InvalidOperationException>(() => net.load_state_dict(state));
        var (missing, unexpected) = net.load_state_dict(state, strict: false);

        Assert.Equal(["scale"], missing);
        Assert.Equal(["other"], unexpected);
    }

    [Fact]
    public void A_buffer_that_is_not_persistent_is_no_part_of_the_state()
    {
        using var net = new Net(persistent: false);

        Assert.DoesNotContain("extra", net.state_dict().Keys);
    }

    [Fact]
    public void Training_and_evaluation_reach_every_part()
    {
        using var net = new Net();
        Assert.True(net.training);

        net.eval();
        Assert.All(net.modules(), m => Assert.False(m.training));

        net.train();
        Assert.All(net.modules(), m => Assert.True(m.training));
    }

    [Fact]
    public void A_module_converts_all_that_it_learns()
    {
        using var scope = NewDisposeScope();
        using var net = new Net();
        net.call(ones(1, 3)).sum().backward();

        var same = net.to(float64);

        Assert.Same(net, same);
        Assert.All(net.parameters(), p => Assert.Equal(float64, p.dtype));
        Assert.All(net.parameters(), p => Assert.True(p.requires_grad));
        Assert.Equal(float64, net.get_parameter("first.weight")!.grad!.dtype);
        Assert.All(net.buffers(), b => Assert.Equal(float64, b.dtype));
        Assert.Equal(float64, net.call(ones(1, 3, dtype: float64)).dtype);
        Assert.Throws<ArgumentException>(() => net.to(int64));
    }

    [Fact]
    public void Gradients_are_forgotten_or_zeroed()
    {
        using var scope = NewDisposeScope();
        using var net = Linear(2, 1);
        net.call(ones(1, 2)).sum().backward();

        net.zero_grad(set_to_none: false);
        Near([0, 0], net.weight.grad!);

        net.zero_grad();
        Assert.Null(net.weight.grad);
    }

    [Fact]
    public void A_linear_layer_is_the_product_with_its_transposed_weight_plus_bias()
    {
        using var scope = NewDisposeScope();
        using var layer = Linear(2, 2);
        using (no_grad())
        {
            layer.weight.copy_(tensor(new[,] { { 1f, 2 }, { 3, 4 } }));
            layer.bias!.copy_(tensor(new[] { 10f, 20 }));
        }

        Near([15, 31], layer.call(tensor(new[,] { { 1f, 2 } })));
    }

    [Fact]
    public void First_values_stay_within_the_bound_of_the_fan_in()
    {
        using var scope = NewDisposeScope();
        using var layer = Linear(16, 400);
        using var conv = Conv2d(4, 50, 2);

        foreach (var (weight, bound) in new[] { (layer.weight, 0.25f), (conv.weight, 0.25f), (layer.bias!, 0.25f) })
        {
            var largest = weight.abs().max().item<float>();
            Assert.InRange(largest, bound * 0.9f, bound);
        }
        var cut = init.trunc_normal_(empty(20000), std: 0.02);
        Assert.InRange(cut.abs().max().item<float>(), 0.05f, 2f);
        Assert.Equal(0.02, cut.std().item<float>(), 0.001);
    }

    [Fact]
    public void A_sequence_numbers_its_parts_and_runs_them_in_order()
    {
        using var scope = NewDisposeScope();
        using var net = Sequential(Linear(2, 3), ReLU(), Linear(3, 1, hasBias: false));

        Assert.Equal(["0.bias", "0.weight", "2.weight"], net.named_parameters().Select(p => p.name).Order());
        Assert.Equal([5, 1], net.call(ones(5, 2)).shape);
        net.eval();
        Assert.All(net.children(), c => Assert.False(c.training));
    }

    [Fact]
    public void Convolutions_check_their_channels_and_pad()
    {
        using var scope = NewDisposeScope();
        using var flat = Conv2d(3, 8, 3, stride: 2, padding: 1);
        using var deep = Conv3d(1, 4, (2, 4, 4), stride: (2, 4, 4));
        using var same = Conv2d(3, 8, 3, TorchSharp.Padding.Same);

        Assert.Equal([2, 8, 4, 4], flat.call(ones(2, 3, 8, 8)).shape);
        Assert.Equal([2, 4, 4, 2, 2], deep.call(ones(new long[] { 2, 1, 8, 8, 8 })).shape);
        Assert.Equal([2, 8, 8, 8], same.call(ones(2, 3, 8, 8)).shape);
        Assert.Throws<ArgumentException>(() => flat.call(ones(2, 4, 8, 8)));
    }

    [Fact]
    public void A_disposed_module_disposes_of_what_it_learns()
    {
        var net = new Net();
        var parameters = net.parameters().ToList();

        net.Dispose();

        Assert.All(parameters, p => Assert.True(p.IsInvalid));
    }

    [Fact]
    public void Optimisers_find_the_minimum()
    {
        using var scope = NewDisposeScope();
        foreach (var make in new Func<Parameter, optim.Optimizer>[] { p => optim.SGD([p], 0.1, momentum: 0.5), p => optim.Adam([p], 0.1), p => optim.AdamW([p], 0.1) })
        {
            var x = Parameter(tensor(new[] { 4f, -3f }));
            using var optimiser = make(x);
            for (var i = 0; i < 300; i++)
            {
                optimiser.zero_grad();
                (x - tensor(new[] { 1f, 2 })).pow(2).sum().backward();
                optimiser.step();
            }
            Near([1, 2], x, 0.05);
        }
    }

    [Fact]
    public void A_first_step_of_adam_has_the_size_of_the_learning_rate()
    {
        using var scope = NewDisposeScope();
        var x = Parameter(tensor(new[] { 1f, 1f }));
        using var optimiser = optim.AdamW([x], lr: 0.01, weight_decay: 0.1);
        (x * tensor(new[] { 5f, -0.1f })).sum().backward();

        optimiser.step();

        Near([1 - 0.001 - 0.01, 1 - 0.001 + 0.01], x, 1e-5);
    }
}
