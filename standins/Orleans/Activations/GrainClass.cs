using System.Collections.Concurrent;
using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Concurrency;
using Orleans.Runtime;
using Orleans.Serialization.Invocation;

namespace Orleans.StandIn;

/// <summary>What the silo knows of a grain class: its rules, and how one is built.</summary>
internal sealed class GrainClass
{
    private readonly ConcurrentDictionary<MethodInfo, MethodInfo> _implementations = new();
    private readonly Lazy<Func<Activation, object>> _create;

    public GrainClass(Type type)
    {
        Type = type;
        GrainType = type.GetCustomAttribute<GrainTypeAttribute>()?.GrainType ?? GrainType.Create(ConventionalName(type));
        Interfaces = [.. type.GetInterfaces().Where(IsGrainInterface)];
        PrimaryInterface = Interfaces.OrderByDescending(i => Interfaces.Count(i.IsAssignableTo)).First();
        IsReentrant = type.IsDefined(typeof(ReentrantAttribute), true);
        IsFilter = type.IsAssignableTo(typeof(IIncomingGrainCallFilter));
        StatelessWorkers = type.GetCustomAttribute<StatelessWorkerAttribute>()?.MaxLocalWorkers;
        CollectionAge = type.IsDefined(typeof(KeepAliveAttribute), true) ? TimeSpan.MaxValue : type.GetCustomAttribute<CollectionAgeLimitAttribute>()?.AgeLimit;
        if (type.GetCustomAttribute<MayInterleaveAttribute>() is { } may) MayInterleave = Predicate(type, may.CallbackMethodName);
        _create = new(() => Constructor(type));
    }

    public Type Type { get; }

    public GrainType GrainType { get; }

    public IReadOnlyList<Type> Interfaces { get; }

    /// <summary>The most derived of its interfaces.</summary>
    public Type PrimaryInterface { get; }

    public bool IsReentrant { get; }

    public bool IsFilter { get; }

    /// <summary>The most activations of one id; null for an ordinary grain.</summary>
    public int? StatelessWorkers { get; }

    /// <summary>The class's own idle age; null: the silo's.</summary>
    public TimeSpan? CollectionAge { get; }

    /// <summary>Whether a turn of the given grain may interleave; null if the class does not say.</summary>
    public Func<object, Turn, bool>? MayInterleave { get; }

    public object Create(Activation activation) => _create.Value(activation);

    public MethodInfo Implementation(MethodInfo method) => _implementations.GetOrAdd(method, (m, type) =>
    {
        var map = type.GetInterfaceMap(m.DeclaringType!);
        return map.TargetMethods[Array.IndexOf(map.InterfaceMethods, m)];
    }, Type);

    public static bool IsGrainInterface(Type type)
        => type.IsInterface && type.IsAssignableTo(typeof(IAddressable)) && type != typeof(IAddressable) && type != typeof(IGrain)
            && type != typeof(IGrainWithStringKey) && type != typeof(IGrainWithIntegerKey) && type != typeof(IGrainWithGuidKey)
            && type != typeof(IGrainWithIntegerCompoundKey) && type != typeof(IGrainWithGuidCompoundKey);

    private static string ConventionalName(Type type)
    {
        const string Suffix = "grain";
        var name = type.Name.ToLowerInvariant();
        return name.Length > Suffix.Length && name.EndsWith(Suffix, StringComparison.Ordinal) ? name[..^Suffix.Length] : name;
    }

    private static Func<object, Turn, bool> Predicate(Type type, string name)
    {
        var method = type.GetMethod(name, BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance, [typeof(IInvokable)]);
        if (method is null || method.ReturnType != typeof(bool))
            throw new OrleansConfigurationException($"{type}: [MayInterleave(\"{name}\")] names no method \"bool {name}({nameof(IInvokable)})\".");
        return method.IsStatic
            ? (_, turn) => turn is GrainCall call && method.CreateDelegate<Func<IInvokable, bool>>()(call)
            : (grain, turn) => turn is GrainCall call && method.CreateDelegate<Func<IInvokable, bool>>(grain)(call);
    }

    private static Func<Activation, object> Constructor(Type type)
    {
        var states = type.GetConstructors().Select(c => c.GetParameters())
            .Select(parameters => parameters.Where(p => p.IsDefined(typeof(PersistentStateAttribute))).ToArray())
            .FirstOrDefault(p => p.Length > 0) ?? [];
        var facets = states.Select(PersistentStates.Maker).ToArray();
        var build = ActivatorUtilities.CreateFactory(type, [.. states.Select(p => p.ParameterType)]);
        return activation => build(activation.ActivationServices, [.. facets.Select(f => f(activation))]);
    }
}
