using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Numerics;
using Orleans.Runtime;
using Orleans.Serialization;

namespace Orleans.StandIn;

/// <summary>
/// Copies what crosses a grain call, by these rules in their order: immutable types are shared; collections and tuples of the class
/// library are copied element by element; types with [GenerateSerializer] member by member; types that the JSON serializer accepts by
/// a round trip. Anything else is refused.
/// </summary>
internal sealed class DeepCopier(IEnumerable<JsonCopier> json)
{
    private static readonly HashSet<Type> s_immutable =
    [
        typeof(object), typeof(string), typeof(decimal), typeof(DateTime), typeof(DateOnly), typeof(TimeOnly), typeof(DateTimeOffset), typeof(TimeSpan),
        typeof(Guid), typeof(Uri), typeof(Version), typeof(IPAddress), typeof(IPEndPoint), typeof(CultureInfo), typeof(BigInteger), typeof(Int128),
        typeof(UInt128), typeof(Half), typeof(CancellationToken), typeof(GrainId), typeof(GrainType), typeof(IdSpan),
    ];

    private readonly JsonCopier[] _json = [.. json];
    private readonly ConcurrentDictionary<Type, TypeCopier?> _copiers = new();

    /// <summary>The copier for values declared as <paramref name="type"/>; null where they need none.</summary>
    /// <exception cref="CodecNotFoundException">No value of the type can cross a call.</exception>
    public TypeCopier? ForDeclared(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type.IsAssignableTo(typeof(IAddressable)) && type.IsInterface) return null;
        if (type.IsInterface || type.IsAbstract || type == typeof(object)) return new RuntimeTypeCopier(this, InterfaceCollections.Fallback(type, this));
        var copier = For(type);
        return copier is ShallowCopier ? type.IsSealed || type.IsValueType ? null : new RuntimeTypeCopier(this, null)
            : type.IsSealed || type.IsValueType ? copier
            : new RuntimeTypeCopier(this, null);
    }

    /// <exception cref="CodecNotFoundException">The type cannot cross a call.</exception>
    public TypeCopier For(Type type)
        => Find(type) ?? throw new CodecNotFoundException(
            $"Could not find a copier for type {type}. Give it [GenerateSerializer] and its members [Id], or let a serializer added with AddJsonSerializer accept it.");

    public TypeCopier? Find(Type type)
    {
        if (_copiers.TryGetValue(type, out var known)) return known;
        return _copiers.GetOrAdd(type, Make(type));
    }

    /// <summary>True of types whose values are shared instead of copied.</summary>
    public bool IsShallow(Type type) => (type.IsSealed || type.IsValueType) && Find(Nullable.GetUnderlyingType(type) ?? type) is ShallowCopier;

    private TypeCopier? Make(Type type)
    {
        if (type.IsPrimitive || type.IsEnum || s_immutable.Contains(type) || type.IsAssignableTo(typeof(GrainReference))) return ShallowCopier.Instance;
        if (type.IsAssignableTo(typeof(Type))) return ShallowCopier.Instance;
        if (type.IsDefined(typeof(ImmutableAttribute), false) && (type.IsSealed || type.IsDefined(typeof(GenerateSerializerAttribute), false)))
            return ShallowCopier.Instance;
        if (CollectionCopiers.For(type, this) is { } collection) return collection;
        if (type.IsDefined(typeof(GenerateSerializerAttribute), false))
            return type.IsAssignableTo(typeof(Exception)) ? ShallowCopier.Instance : new MemberCopier(type, this);
        if (type.IsAssignableTo(typeof(Exception)) && type.Namespace?.StartsWith("System", StringComparison.Ordinal) is true) return ShallowCopier.Instance;
        return Array.Find(_json, j => j.Supports(type));
    }
}

/// <summary>Copies by the value's own type; a sequence whose class is unknown becomes the usual collection of its interface.</summary>
internal sealed class RuntimeTypeCopier(DeepCopier copier, TypeCopier? fallback) : TypeCopier
{
    public override object Copy(object value, CopyContext context)
        => copier.Find(value.GetType()) is { } own ? own.Copy(value, context)
            : fallback is not null ? fallback.Copy(value, context)
            : copier.For(value.GetType()).Copy(value, context);
}
