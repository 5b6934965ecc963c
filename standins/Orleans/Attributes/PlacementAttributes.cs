namespace Orleans.Placement;

/// <summary>Says on which silo a grain is placed. With one silo there is nothing to choose: every strategy is accepted and means "here".</summary>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = false)]
public abstract class PlacementAttribute : Attribute
{
    private protected PlacementAttribute()
    {
    }
}

[AttributeUsage(AttributeTargets.Class, AllowMultiple = false)]
public sealed class RandomPlacementAttribute : PlacementAttribute;

[AttributeUsage(AttributeTargets.Class, AllowMultiple = false)]
public sealed class HashBasedPlacementAttribute : PlacementAttribute;

[AttributeUsage(AttributeTargets.Class, AllowMultiple = false)]
public sealed class PreferLocalPlacementAttribute : PlacementAttribute;

[AttributeUsage(AttributeTargets.Class, AllowMultiple = false)]
public sealed class ActivationCountBasedPlacementAttribute : PlacementAttribute;

[AttributeUsage(AttributeTargets.Class, AllowMultiple = false)]
public sealed class SiloRoleBasedPlacementAttribute : PlacementAttribute;

[AttributeUsage(AttributeTargets.Class, AllowMultiple = false)]
public sealed class ResourceOptimizedPlacementAttribute : PlacementAttribute;

/// <summary>Which of the cluster's balancers leave a grain where it is.</summary>
[Flags]
public enum ImmovableKind : byte
{
    Repartitioner = 1,
    Rebalancer = 2,
    Any = 3,
}

[AttributeUsage(AttributeTargets.Class, AllowMultiple = false)]
public sealed class ImmovableAttribute(ImmovableKind kind = ImmovableKind.Any) : Attribute
{
    public ImmovableKind Kind { get; } = kind;
}
