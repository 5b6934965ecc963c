using Orleans.Placement;

namespace Orleans.Concurrency;

/// <summary>The grain takes any call while another awaits.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class ReentrantAttribute : Attribute;

/// <summary>The method runs while any other call of the grain awaits.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class AlwaysInterleaveAttribute : Attribute;

/// <summary>The method changes nothing: it runs while another such call awaits.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ReadOnlyAttribute : Attribute;

/// <summary>The caller waits for no answer and learns of no error.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class OneWayAttribute : Attribute;

/// <summary>The named method of the grain, <c>bool Name(IInvokable call)</c>, decides whether a call may interleave.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class MayInterleaveAttribute(string callbackMethodName) : Attribute
{
    internal string CallbackMethodName { get; } = callbackMethodName;
}

/// <summary>Several activations of one id may run at a time, each for calls that need no shared state.</summary>
/// <param name="maxLocalWorkers">At most so many; -1: one per processor.</param>
/// <param name="removeIdleWorkers">Kept for source compatibility: idle workers fall to the ordinary collection here.</param>
[AttributeUsage(AttributeTargets.Class)]
public sealed class StatelessWorkerAttribute(int maxLocalWorkers, bool removeIdleWorkers) : PlacementAttribute
{
    public StatelessWorkerAttribute(int maxLocalWorkers) : this(maxLocalWorkers, true)
    {
    }

    public StatelessWorkerAttribute() : this(-1)
    {
    }

    internal int MaxLocalWorkers { get; } = maxLocalWorkers > 0 ? maxLocalWorkers : Environment.ProcessorCount;

    internal bool RemoveIdleWorkers { get; } = removeIdleWorkers;
}

/// <summary>A value that neither side changes any more: it is handed over without a copy.</summary>
[GenerateSerializer, Immutable]
public readonly struct Immutable<T>(T value)
{
    [Id(0)] public readonly T Value = value;
}

/// <summary>Short forms for <see cref="Immutable{T}"/>.</summary>
public static class ImmutableExtensions
{
    public static Immutable<T> AsImmutable<T>(this T value) => new(value);
}
