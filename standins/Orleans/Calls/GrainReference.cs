using Orleans.StandIn;

namespace Orleans.Runtime;

/// <summary>A grain as its callers hold it. Each grain interface has a class derived from this one, made when it is first asked for.</summary>
public class GrainReference : IAddressable, IEquatable<GrainReference>
{
    private readonly InterfaceDescription _interface;

    internal GrainReference(SiloRuntime runtime, InterfaceDescription description, GrainId grainId, GrainClass grainClass)
    {
        Runtime = runtime;
        _interface = description;
        GrainId = grainId;
        Class = grainClass;
    }

    public GrainId GrainId { get; }

    public string InterfaceName => _interface.Type.FullName!;

    internal SiloRuntime Runtime { get; }

    internal GrainClass Class { get; }

    /// <summary>Where the last call went; it may have ended since.</summary>
    internal ITurnTarget? LastTarget { get; set; }

    public bool Equals(GrainReference? other) => other is not null && GrainId == other.GrainId && _interface.Type == other._interface.Type;

    public override bool Equals(object? obj) => Equals(obj as GrainReference);

    public override int GetHashCode() => GrainId.GetHashCode();

    public override string ToString() => $"GrainReference:{GrainId}:{InterfaceName}";

    public static bool operator ==(GrainReference? left, GrainReference? right) => left is null ? right is null : left.Equals(right);

    public static bool operator !=(GrainReference? left, GrainReference? right) => !(left == right);

    internal Task CallTask(int method, object?[] arguments) => ((GrainMethod<Nothing>)_interface.Methods[method]).Call(this, arguments);

    internal Task<T> CallTaskOf<T>(int method, object?[] arguments) => ((GrainMethod<T>)_interface.Methods[method]).Call(this, arguments);

    internal ValueTask CallValueTask(int method, object?[] arguments) => new(((GrainMethod<Nothing>)_interface.Methods[method]).Call(this, arguments));

    internal ValueTask<T> CallValueTaskOf<T>(int method, object?[] arguments) => new(((GrainMethod<T>)_interface.Methods[method]).Call(this, arguments));
}
