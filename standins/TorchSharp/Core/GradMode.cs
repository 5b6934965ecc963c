namespace TorchSharp;

/// <summary>Sets whether this thread records operations for autograd, until disposed.</summary>
internal sealed unsafe class AutoGradMode : IDisposable
{
    private readonly int before = RuntimeCalls.is_grad_enabled();

    public AutoGradMode(bool enabled) => RuntimeCalls.set_grad_enabled(enabled ? 1 : 0);

    public void Dispose() => RuntimeCalls.set_grad_enabled(before);
}

/// <summary>libtorch's inference mode on this thread, until disposed.</summary>
internal sealed unsafe class InferenceMode : IDisposable
{
    private nint guard;

    public InferenceMode(bool mode)
    {
        nint r;
        Errors.Check(RuntimeCalls.inference_guard(mode ? 1 : 0, &r));
        guard = r;
    }

    public void Dispose()
    {
        if (guard != 0) RuntimeCalls.inference_guard_end(guard);
        guard = 0;
    }
}

public static unsafe partial class torch
{
    // Grad mode belongs to the thread: never hold one of these across an await.
    public static IDisposable no_grad() => new AutoGradMode(false);
    public static IDisposable enable_grad(bool enabled = true) => new AutoGradMode(enabled);
    public static IDisposable set_grad_enabled(bool mode = true) => new AutoGradMode(mode);
    public static bool is_grad_enabled() => RuntimeCalls.is_grad_enabled() != 0;
    public static IDisposable inference_mode(bool mode = true) => new InferenceMode(mode);
    public static bool is_inference_mode_enabled() => RuntimeCalls.is_inference_mode() != 0;
}
