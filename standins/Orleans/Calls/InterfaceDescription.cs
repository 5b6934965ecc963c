using System.Collections.Concurrent;
using System.Reflection;
using Orleans.Runtime;

namespace Orleans.StandIn;

/// <summary>A grain interface: its methods, and how a reference of its kind is made.</summary>
internal sealed class InterfaceDescription
{
    private readonly GrainClasses _classes;
    private readonly Func<SiloRuntime, InterfaceDescription, GrainId, GrainClass, GrainReference> _make;
    private GrainClass? _onlyClass;

    public InterfaceDescription(Type type, DeepCopier copier, GrainClasses classes)
    {
        Type = type;
        _classes = classes;
        var methods = MethodsOf(type);
        if (Complaints(type).FirstOrDefault() is { } complaint) throw new OrleansConfigurationException(complaint);
        Methods = [.. methods.Select(m => GrainMethod.Create(m, copier))];
        _make = Maker(ProxyBuilder.For(type, methods));
    }

    public Type Type { get; }

    public GrainMethod[] Methods { get; }

    public GrainReference Refer(SiloRuntime runtime, IdSpan key, string? classNamePrefix)
    {
        var grainClass = classNamePrefix is null ? _onlyClass ??= _classes.For(Type, null) : _classes.For(Type, classNamePrefix);
        return _make(runtime, this, GrainId.Create(grainClass.GrainType, key), grainClass);
    }

    public GrainReference Refer(SiloRuntime runtime, GrainId id) => _make(runtime, this, id, _classes.For(id.Type));

    /// <summary>All methods that a reference must have, the inherited ones included.</summary>
    public static IReadOnlyList<MethodInfo> MethodsOf(Type grainInterface)
        => [.. new[] { grainInterface }.Concat(grainInterface.GetInterfaces()).SelectMany(i => i.GetMethods()).Where(m => m.IsAbstract)];

    /// <summary>What makes the interface unfit for grain calls.</summary>
    public static IEnumerable<string> Complaints(Type grainInterface)
    {
        if (grainInterface.IsGenericType)
            yield return $"{grainInterface}: generic grain interfaces are not covered by this stand-in.";
        foreach (var method in MethodsOf(grainInterface))
        {
            var result = method.ReturnType;
            var definition = result.IsGenericType ? result.GetGenericTypeDefinition() : result;
            if (definition != typeof(Task) && definition != typeof(Task<>) && definition != typeof(ValueTask) && definition != typeof(ValueTask<>))
                yield return $"{grainInterface}.{method.Name} returns {result}; a grain's methods return Task, Task<T>, ValueTask or ValueTask<T>.";
            if (method.IsGenericMethod)
                yield return $"{grainInterface}.{method.Name}: generic grain methods are not covered by this stand-in.";
            if (method.GetParameters().FirstOrDefault(p => p.ParameterType.IsByRef) is { } byRef)
                yield return $"{grainInterface}.{method.Name}: {byRef.Name} is passed by reference, which a grain call cannot do.";
        }
    }

    private static Func<SiloRuntime, InterfaceDescription, GrainId, GrainClass, GrainReference> Maker(Type proxy)
    {
        var parameters = proxy.GetConstructors()[0].GetParameters()
            .Select(p => System.Linq.Expressions.Expression.Parameter(p.ParameterType)).ToArray();
        return System.Linq.Expressions.Expression.Lambda<Func<SiloRuntime, InterfaceDescription, GrainId, GrainClass, GrainReference>>(
            System.Linq.Expressions.Expression.New(proxy.GetConstructors()[0], parameters), parameters).Compile();
    }
}

/// <summary>The grain interfaces in use.</summary>
internal sealed class GrainInterfaces(DeepCopier copier, GrainClasses classes)
{
    private readonly ConcurrentDictionary<Type, InterfaceDescription> _known = new();

    public InterfaceDescription For(Type type)
        => _known.TryGetValue(type, out var known) ? known : _known.GetOrAdd(type, t => new InterfaceDescription(t, copier, classes));
}
