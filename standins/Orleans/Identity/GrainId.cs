using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Orleans.Runtime;

/// <summary>A grain's identity, written <c>type/key</c>.</summary>
[Immutable, JsonConverter(typeof(GrainIdJsonConverter))]
public readonly struct GrainId(GrainType type, IdSpan key) : IEquatable<GrainId>, IComparable<GrainId>, IParsable<GrainId>
{
    public GrainType Type { get; } = type;

    public IdSpan Key { get; } = key;

    public bool IsDefault => Type.IsDefault && Key.IsDefault;

    public static GrainId Create(string type, string key) => Create(GrainType.Create(type), key);

    public static GrainId Create(GrainType type, string key) => new(type, IdSpan.Create(key));

    public static GrainId Create(GrainType type, IdSpan key) => new(type, key);

    public static GrainId Parse(string value)
        => TryParse(value, out var result) ? result : throw new ArgumentException($"Unable to parse \"{value}\" as a grain id");

    public static bool TryParse(string? value, out GrainId result)
    {
        var slash = value?.IndexOf('/', StringComparison.Ordinal) ?? -1;
        result = slash < 0 ? default : Create(value![..slash], value[(slash + 1)..]);
        return slash >= 0;
    }

    static GrainId IParsable<GrainId>.Parse(string s, IFormatProvider? provider) => Parse(s);

    static bool IParsable<GrainId>.TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out GrainId result) => TryParse(s, out result);

    public bool Equals(GrainId other) => Key.Equals(other.Key) && Type.Equals(other.Type);

    public override bool Equals(object? obj) => obj is GrainId other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(Type, Key);

    /// <summary>The same on every machine and in every process; reminder tables store it.</summary>
    public uint GetUniformHashCode() => unchecked(Type.GetUniformHashCode() * 31 + Key.GetUniformHashCode());

    public int CompareTo(GrainId other) => Type.CompareTo(other.Type) is var order and not 0 ? order : Key.CompareTo(other.Key);

    public override string ToString() => $"{Type}/{Key}";

    public static bool operator ==(GrainId left, GrainId right) => left.Equals(right);
    public static bool operator !=(GrainId left, GrainId right) => !left.Equals(right);
    public static bool operator <(GrainId left, GrainId right) => left.CompareTo(right) < 0;
    public static bool operator >(GrainId left, GrainId right) => left.CompareTo(right) > 0;
    public static bool operator <=(GrainId left, GrainId right) => left.CompareTo(right) <= 0;
    public static bool operator >=(GrainId left, GrainId right) => left.CompareTo(right) >= 0;
}

/// <summary>Writes a <see cref="GrainId"/> as its text.</summary>
public sealed class GrainIdJsonConverter : JsonConverter<GrainId>
{
    public override GrainId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => GrainId.Parse(reader.GetString() ?? "");

    public override void Write(Utf8JsonWriter writer, GrainId value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteStringValue(value.ToString());
    }
}
