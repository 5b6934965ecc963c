using System.Runtime.InteropServices;
using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Native;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace TensorSemantics.StandIn;

/// <summary>What only the stand-in lets one see: its count of native handles, and mistakes that it answers where the package ends the process.</summary>
[Collection(nameof(DefaultGenerator))]
public sealed unsafe class NativeHandleTests
{
    private static long Alive()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return TensorExports.live_handles();
    }

    [Fact]
    public void A_thousand_training_steps_leave_no_handle_behind()
    {
        using var net = Sequential(Linear(4, 8), GELU(), LayerNorm(8), Linear(8, 2));
        using var optimiser = optim.AdamW(net.parameters());
        var parameters = net.parameters().ToList();
        void Steps(int n)
        {
            for (var i = 0; i < n; i++)
            {
                using var scope = NewDisposeScope();
                optimiser.zero_grad();
                var x = randn(5, 4);
                var q = x.view(1, 5, 4);
                var attended = functional.scaled_dot_product_attention(q, q, q).bmm(q.transpose(1, 2));
                var loss = functional.cross_entropy(net.call(x), randint(2, [5L])) + attended.mean() + x[TensorIndex.Colon, 0].sum();
                loss.backward();
                utils.clip_grad_norm_(parameters, 1);
                optimiser.step();
                x.split(2);
                x.topk(2);
            }
        }
        Steps(3);
        var before = Alive();

        Steps(1000);

        Assert.Equal(before, Alive());
    }

    [Fact]
    public void A_forgotten_tensor_is_released_by_its_finalizer()
    {
        var before = Alive();
        [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
        static void Forget()
        {
            for (var i = 0; i < 100; i++) ones(1);
        }

        Forget();

        Assert.Equal(before, Alive());
    }

    [Fact]
    public void A_shared_array_is_let_go_when_its_last_tensor_is_gone()
    {
        [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
        static WeakReference Use()
        {
            var array = new float[1000];
            using var tensor = from_array(array);
            using var view = tensor[..10];
            return new WeakReference(array);
        }

        var array = Use();
        Alive();

        Assert.False(array.IsAlive);
    }

    [Fact]
    public void An_exception_leaves_no_handle_behind()
    {
        using var a = ones(2, 3);
        var before = Alive();

        for (var i = 0; i < 10; i++) Assert.Throws<ExternalException>(() => a.view(5));

        Assert.Equal(before, Alive());
    }

    [Fact]
    public void Matrices_that_do_not_fit_are_an_exception()
    {
        using var scope = NewDisposeScope();

        var e = Assert.Throws<ExternalException>(() => ones(2, 3).matmul(ones(2, 3)));
        Assert.Contains("mat1 and mat2 shapes cannot be multiplied (2x3 and 2x3)", e.Message);
        Assert.Throws<ExternalException>(() => ones(4, 2, 3).matmul(ones(4, 2, 3)));
        Assert.Throws<ExternalException>(() => ones(4, 2, 3).bmm(ones(5, 3, 2)));
        Assert.Throws<ExternalException>(() => functional.scaled_dot_product_attention(ones(1, 2, 3), ones(1, 2, 4), ones(1, 2, 4)));
    }

    [Fact]
    public void Memory_of_forgotten_tensors_is_told_to_the_collector()
    {
        var before = Alive();
        using (no_grad())
            for (var i = 0; i < 500; i++) zeros(1 << 20);

        Assert.True(TensorExports.live_handles() - before < 400, "the collector ran while 2 GB were being forgotten");
        Assert.Equal(before, Alive());
    }
}
