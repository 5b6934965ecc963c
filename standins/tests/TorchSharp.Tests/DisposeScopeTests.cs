using TorchSharp;

namespace TensorSemantics;

public sealed class DisposeScopeTests
{
    [Fact]
    public void A_scope_disposes_of_what_is_made_in_it()
    {
        var outside = torch.ones(1);
        torch.Tensor inside;
        using (var scope = torch.NewDisposeScope())
        {
            inside = outside + 1;
            Assert.True(scope.Contains(inside));
            Assert.Equal(1, scope.DisposablesCount);
        }

        Assert.True(inside.IsInvalid);
        Assert.False(outside.IsInvalid);
        outside.Dispose();
    }

    [Fact]
    public void A_tensor_that_moves_out_belongs_to_the_outer_scope()
    {
        torch.Tensor moved;
        using (torch.NewDisposeScope())
        {
            using (torch.NewDisposeScope()) moved = torch.ones(1).MoveToOuterDisposeScope();
            Assert.False(moved.IsInvalid);
        }

        Assert.True(moved.IsInvalid);
    }

    [Fact]
    public void A_tensor_that_moves_out_of_the_outermost_scope_belongs_to_nobody()
    {
        torch.Tensor moved, detached;
        using (torch.NewDisposeScope())
        {
            moved = torch.ones(1).MoveToOuterDisposeScope();
            detached = torch.ones(1).DetachFromDisposeScope();
        }

        Assert.False(moved.IsInvalid);
        Assert.False(detached.IsInvalid);
        moved.Dispose();
        detached.Dispose();
    }

    [Fact]
    public void A_tensor_follows_another_into_its_scope()
    {
        using var outer = torch.NewDisposeScope();
        var home = torch.ones(1);
        torch.Tensor follower;

        using (torch.NewDisposeScope()) follower = torch.ones(1).MoveToOtherDisposeScope(home);

        Assert.False(follower.IsInvalid);
        Assert.True(outer.Contains(follower));
    }

    [Fact]
    public void A_tensor_made_outside_can_be_attached()
    {
        var tensor = torch.ones(1);
        using (var scope = torch.NewDisposeScope()) scope.Attach(tensor);

        Assert.True(tensor.IsInvalid);
    }

    [Fact]
    public void A_tensor_disposed_by_hand_leaves_the_scope()
    {
        using var scope = torch.NewDisposeScope();
        var (a, b, c) = (torch.ones(1), torch.ones(1), torch.ones(1));

        b.Dispose();
        a.Dispose();

        Assert.Equal(1, scope.DisposablesCount);
        Assert.True(scope.Contains(c));
    }

    [Fact]
    public void A_scope_keeps_track_of_its_tensors_while_most_of_them_come_and_go()
    {
        using var scope = torch.NewDisposeScope();
        var kept = new List<torch.Tensor>();
        for (var i = 0; i < 1000; i++)
        {
            var (gone, stays) = (torch.tensor(i), torch.tensor(i));
            if (i % 10 == 0) kept.Add(stays);
            else stays.Dispose();
            gone.Dispose();
        }

        Assert.Equal(100, scope.DisposablesCount);
        Assert.All(kept, t => Assert.True(scope.Contains(t)));
        kept[50].DetachFromDisposeScope().Dispose();
        Assert.Equal(99, scope.DisposablesCount);
    }

    [Fact]
    public void Everything_but_what_is_kept_can_go_early()
    {
        using var scope = torch.NewDisposeScope();
        var (a, b) = (torch.ones(1), torch.ones(1));

        scope.DisposeEverythingBut(b);

        Assert.True(a.IsInvalid);
        Assert.False(b.IsInvalid);
    }

    [Fact]
    public void Operations_in_place_answer_the_tensor_itself_and_make_none()
    {
        using var scope = torch.NewDisposeScope();
        var a = torch.ones(2);

        var same = a.add_(1).mul_(2).zero_();

        Assert.Same(a, same);
        Assert.Equal(1, scope.DisposablesCount);
    }

    [Fact]
    public void Scopes_belong_to_their_thread()
    {
        using var scope = torch.NewDisposeScope();
        torch.Tensor? elsewhere = null;
        var thread = new Thread(() => elsewhere = torch.ones(1));

        thread.Start();
        thread.Join();

        Assert.False(scope.Contains(elsewhere!));
        elsewhere!.Dispose();
    }

    [Fact]
    public void A_disposed_tensor_refuses_work_and_a_second_disposal_does_nothing()
    {
        var tensor = torch.ones(1);
        tensor.Dispose();
        tensor.Dispose();

        Assert.Throws<InvalidOperationException>(() => tensor + 1);
        Assert.Throws<InvalidOperationException>(() => tensor.shape);
    }

    [Fact]
    public void A_parameter_takes_over_its_tensor_and_its_place_in_the_scope()
    {
        torch.nn.Parameter(torch.ones(1)).Dispose();
        TorchSharp.Modules.Parameter parameter;
        using (var scope = torch.NewDisposeScope())
        {
            var data = torch.ones(2);
            parameter = torch.nn.Parameter(data);
            Assert.True(data.IsInvalid);
            Assert.True(parameter.requires_grad);
            Assert.True(scope.Contains(parameter));
        }

        Assert.True(parameter.IsInvalid);
    }
}
