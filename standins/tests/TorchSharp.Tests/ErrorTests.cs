using System.Runtime.InteropServices;
using TorchSharp;

namespace TensorSemantics;

public sealed class ErrorTests
{
    [Fact]
    public void An_impossible_view_is_an_exception_with_the_message_of_libtorch()
    {
        using var scope = torch.NewDisposeScope();

        var e = Assert.Throws<ExternalException>(() => torch.ones(6).view(4, 2));

        Assert.Contains("shape '[4, 2]' is invalid for input of size 6", e.Message);
    }

    [Fact]
    public void A_second_backward_through_a_freed_graph_is_an_exception()
    {
        using var scope = torch.NewDisposeScope();
        var y = torch.ones(1, requires_grad: true).exp();
        y.backward();

        var e = Assert.Throws<ExternalException>(() => y.backward());

        Assert.Contains("backward through the graph a second time", e.Message);
    }

    [Fact]
    public void An_operation_in_place_on_a_leaf_that_wants_a_gradient_is_an_exception()
    {
        using var scope = torch.NewDisposeScope();

        var e = Assert.Throws<ExternalException>(() => torch.ones(1, requires_grad: true).add_(1));

        Assert.Contains("in-place operation", e.Message);
    }

    [Fact]
    public void An_index_out_of_range_and_mixed_shapes_are_exceptions()
    {
        using var scope = torch.NewDisposeScope();

        Assert.Contains("out of range", Assert.Throws<ExternalException>(() => torch.ones(3).select(0, 3)).Message);
        Assert.Contains("must match the size of tensor b", Assert.Throws<ExternalException>(() => torch.ones(3) + torch.ones(4)).Message);
        Assert.ThrowsAny<Exception>(() => torch.cat([torch.ones(2, 3), torch.ones(2, 4)], 0));
    }

    [Fact]
    public void A_calculation_goes_on_after_an_error()
    {
        using var scope = torch.NewDisposeScope();
        Assert.Throws<ExternalException>(() => torch.ones(3) + torch.ones(4));

        Assert.Equal(6f, (torch.ones(3) + torch.ones(3)).sum().item<float>());
    }

    [Fact]
    public void A_value_is_read_only_as_the_type_that_it_has()
    {
        using var scope = torch.NewDisposeScope();

        Assert.Throws<ArgumentException>(() => torch.tensor(1L).item<int>());
        Assert.Throws<ArgumentException>(() => torch.ones(2).data<double>());
        Assert.Throws<ArgumentException>(() => torch.ones(2).item<float>());
        Assert.Throws<ArgumentException>(() => torch.ones(2, torch.bfloat16).data<float>());
    }

    [Fact]
    public void A_device_that_is_not_there_is_an_exception()
    {
        Assert.SkipWhen(torch.cuda.is_available(), "this machine has the device");
        using var scope = torch.NewDisposeScope();

        Assert.ThrowsAny<Exception>(() => torch.ones(1).to(DeviceType.CUDA));
        Assert.ThrowsAny<Exception>(() => torch.ones(1, device: new torch.Device("cuda:0")));
        Assert.Equal(0, torch.cuda.device_count());
    }
}
