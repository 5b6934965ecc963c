using System.Text;
using Orleans.StandIn;

namespace Orleans.Runtime;

/// <summary>The bytes of a grain type or of a grain key, with their stable hash.</summary>
[Immutable]
public readonly struct IdSpan : IEquatable<IdSpan>, IComparable<IdSpan>
{
    private readonly byte[]? _value;
    private readonly int _hash;

    public IdSpan(byte[] value)
    {
        _value = value;
        _hash = unchecked((int)XxHash32.Compute(value));
    }

    public bool IsDefault => _value is null or { Length: 0 };

    public static IdSpan Create(string id) => new(Encoding.UTF8.GetBytes(id));

    public ReadOnlySpan<byte> AsSpan() => _value;

    public bool Equals(IdSpan other)
        => ReferenceEquals(_value, other._value) || (_hash == other._hash && AsSpan().SequenceEqual(other.AsSpan()));

    public override bool Equals(object? obj) => obj is IdSpan other && Equals(other);

    public override int GetHashCode() => _hash;

    public uint GetUniformHashCode() => unchecked((uint)_hash);

    public int CompareTo(IdSpan other) => AsSpan().SequenceCompareTo(other.AsSpan());

    public override string ToString() => Encoding.UTF8.GetString(AsSpan());

    public static bool operator ==(IdSpan left, IdSpan right) => left.Equals(right);
    public static bool operator !=(IdSpan left, IdSpan right) => !left.Equals(right);
    public static bool operator <(IdSpan left, IdSpan right) => left.CompareTo(right) < 0;
    public static bool operator >(IdSpan left, IdSpan right) => left.CompareTo(right) > 0;
    public static bool operator <=(IdSpan left, IdSpan right) => left.CompareTo(right) <= 0;
    public static bool operator >=(IdSpan left, IdSpan right) => left.CompareTo(right) >= 0;
}
