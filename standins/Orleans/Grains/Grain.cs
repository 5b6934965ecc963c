using Orleans.Runtime;
using Orleans.StandIn;

namespace Orleans;

/// <summary>The usual base class of grains. Only the silo creates one; its members work only on the grain's own turns.</summary>
public abstract class Grain : IGrainBase, IAddressable
{
    private readonly Activation _activation;

    protected Grain()
    {
        _activation = RuntimeContext.Current ?? throw new InvalidOperationException($"{GetType()} is a grain: ask an IGrainFactory for a reference to it.");
    }

    public IGrainContext GrainContext => _activation;

    public GrainReference GrainReference => _activation.GrainReference;

    public string IdentityString => _activation.GrainId.ToString();

    protected IGrainFactory GrainFactory => _activation.Runtime.GrainFactory;

    protected internal IServiceProvider ServiceProvider => _activation.ActivationServices;

    public virtual Task OnActivateAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public virtual Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Ends this activation when its running calls are done; the next call makes a new one.</summary>
    protected void DeactivateOnIdle() => ((IGrainBase)this).DeactivateOnIdle();

    /// <summary>Keeps this activation from the idle collection for so long; a negative time takes that back.</summary>
    protected void DelayDeactivation(TimeSpan timeSpan)
    {
        RuntimeContext.Check();
        _activation.DelayDeactivation(timeSpan);
    }
}
