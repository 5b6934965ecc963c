using TorchSharp;
using static TensorSemantics.Numbers;
using static TorchSharp.torch;

namespace TensorSemantics;

public sealed class IndexingTests
{
    private static Tensor Grid() => arange(12, float32).view(3, 4);

    [Fact]
    public void Positions_slices_the_rest_and_new_axes_pick_views()
    {
        using var scope = NewDisposeScope();
        var x = Grid();

        Assert.Equal(6f, x[1, 2].item<float>());
        Near([4, 5, 6, 7], x[1]);
        Near([8, 9, 10, 11], x[-1]);
        Near([1, 5, 9], x[TensorIndex.Colon, 1]);
        Near([4, 6, 8, 10], x[TensorIndex.Slice(1), TensorIndex.Slice(step: 2)]);
        Near([3, 7, 11], x[TensorIndex.Ellipsis, -1]);
        Assert.Equal([1, 3, 4], x[TensorIndex.Null].shape);
        Assert.Equal([3, 1, 4], x[TensorIndex.Colon, TensorIndex.None].shape);
        Near([0, 1, 4, 5], x[..2, ..2]);
        Near([8, 9, 10], x[^1, ..^1]);
    }

    [Fact]
    public void Tensors_pick_by_position_and_by_mask()
    {
        using var scope = NewDisposeScope();
        var x = Grid();

        Near([8, 9, 10, 11, 0, 1, 2, 3], x[tensor(new long[] { 2, 0 })]);
        Near([10, 11], x[x > 9]);
        Near([1, 11], x[tensor(new long[] { 0, 2 }), tensor(new long[] { 1, 3 })]);
        Near([9, 1], x[TensorIndex.Tensor(tensor(new long[] { 2, 0 })), TensorIndex.Single(1)]);
    }

    [Fact]
    public void What_is_picked_can_be_set()
    {
        using var scope = NewDisposeScope();
        var x = zeros(2, 3);

        x[0] = ones(3);
        x[1, 2] = tensor(5f);
        x[TensorIndex.Colon, 0] = tensor(new[] { 7f, 8f });
        Near([7, 1, 1, 8, 0, 5], x);

        x[x > 6] = tensor(-1f);
        Near([-1, 1, 1, -1, 0, 5], x);

        x.index_put_(ones(2), [TensorIndex.Tensor(tensor(new long[] { 0, 0 })), TensorIndex.Tensor(tensor(new long[] { 1, 1 }))], accumulate: true);
        Near([-1, 3, 1, -1, 0, 5], x);

        x.index_put_(9, TensorIndex.Single(1));
        Near([-1, 3, 1, 9, 9, 9], x);
    }

    [Fact]
    public void A_view_shares_memory_and_a_gather_does_not()
    {
        using var scope = NewDisposeScope();
        var x = Grid();

        x[0].fill_(100);
        x.index_select(0, tensor(new long[] { 1 })).fill_(200);

        Near([100, 100, 100, 100, 4, 5, 6, 7, 8, 9, 10, 11], x);
    }

    [Fact]
    public void Gathers_scatters_and_additions_by_index_land_where_they_should()
    {
        using var scope = NewDisposeScope();
        var index = tensor(new long[] { 2, 0, 2 });

        Near([0, 7, 9], arange(12, float32).view(3, 4).gather(1, tensor(new long[] { 0, 3, 1 }).unsqueeze(1)));
        Near([2, 0, 4], zeros(3).index_add_(0, index, tensor(new[] { 1f, 2, 3 }), 1));
        Near([5, 0, 6], zeros(3).index_copy_(0, tensor(new long[] { 2, 0 }), tensor(new[] { 6f, 5 })));
        Near([2, 0, 4], zeros(3).scatter_add_(0, index, tensor(new[] { 1f, 2, 3 })));
        Near([0, 1, 0], zeros(3).scatter_(0, tensor(new long[] { 1 }), ones(1)));
        Near([3, 0, 3], zeros(3).index_fill_(0, index, 3));
    }

    [Fact]
    public void Splits_joins_and_moves_keep_every_element()
    {
        using var scope = NewDisposeScope();
        var x = Grid();

        Assert.Equal([2, 2], x.split(2, 1).Select(t => t.shape[1]));
        Assert.Equal([1, 3], x.split([1, 3], 1).Select(t => t.shape[1]));
        Assert.Equal([2, 1], x.chunk(2).Select(t => t.shape[0]));
        Assert.Equal(3, x.unbind().Length);
        Assert.True(cat(x.split([1, 3], 1), 1).Equals(x));
        Assert.True(stack(x.unbind(1), 1).Equals(x));
        Near([3, 2, 1, 0], x.flip(1)[0]);
        Near([1, 2, 3, 0], x.roll(-1, 1)[0]);
        Near([3, 7, 11], x.rot90(1, (0, 1))[0]);
        Assert.Equal([4, 3], x.T.shape);
        Assert.Equal([2, 2, 3], x.unflatten(1, 2, 2).permute(1, 2, 0).shape);
        Assert.Equal([3, 2, 4], x.unsqueeze(1).expand(3, 2, 4).shape);
        Assert.Equal([6, 4], x.repeat(2, 1).shape);
        Near([1, 2, 5, 6], x.narrow(0, 0, 2).slice(1, 1, 3, 1));
        Near([0, 2, 4, 6], arange(8, float32).unfold(0, 2, 2).select(1, 0));
    }
}
