using Orleans.Runtime;

namespace Orleans.Runtime
{
    /// <summary>Whatever calls can be addressed to.</summary>
    public interface IAddressable;
}

namespace Orleans
{
    /// <summary>The root of all grain interfaces.</summary>
    public interface IGrain : IAddressable;

    public interface IGrainWithStringKey : IGrain;

    public interface IGrainWithIntegerKey : IGrain;

    public interface IGrainWithGuidKey : IGrain;

    public interface IGrainWithIntegerCompoundKey : IGrain;

    public interface IGrainWithGuidCompoundKey : IGrain;

    /// <summary>A grain class without the base class <see cref="Grain"/>.</summary>
    public interface IGrainBase
    {
        IGrainContext GrainContext { get; }

        Task OnActivateAsync(CancellationToken token) => Task.CompletedTask;

        Task OnDeactivateAsync(DeactivationReason reason, CancellationToken token) => Task.CompletedTask;
    }
}
