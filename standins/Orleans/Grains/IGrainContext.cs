namespace Orleans.Runtime;

/// <summary>One activation, as its grain and its components see it.</summary>
public interface IGrainContext : IEquatable<IGrainContext>
{
    GrainId GrainId { get; }

    GrainReference GrainReference { get; }

    /// <summary>The grain object; null until it is built.</summary>
    object? GrainInstance { get; }

    /// <summary>The services of this activation: a scope of its own, disposed with it.</summary>
    IServiceProvider ActivationServices { get; }

    IGrainLifecycle ObservableLifecycle { get; }

    /// <summary>Completes when the activation has ended.</summary>
    Task Deactivated { get; }

    void Deactivate(DeactivationReason deactivationReason, CancellationToken cancellationToken = default);
}

/// <summary>The context of the turn that runs now.</summary>
public interface IGrainContextAccessor
{
    IGrainContext GrainContext { get; }
}
