namespace TorchSharp;

/// <summary>A number for libtorch: an integer, a floating-point number (always double, as libtorch keeps it) or a boolean.</summary>
public sealed class Scalar : IDisposable
{
    internal readonly Num Value;

    internal Scalar(Num value) => Value = value;

    public torch.ScalarType Type => Value.Kind switch { 0 => torch.ScalarType.Int64, 1 => torch.ScalarType.Float64, _ => torch.ScalarType.Bool };

    public static implicit operator Scalar(byte value) => new(Num.Of((long)value));
    public static implicit operator Scalar(sbyte value) => new(Num.Of((long)value));
    public static implicit operator Scalar(short value) => new(Num.Of((long)value));
    public static implicit operator Scalar(int value) => new(Num.Of((long)value));
    public static implicit operator Scalar(long value) => new(Num.Of(value));
    public static implicit operator Scalar(Half value) => new(Num.Of((double)value));
    public static implicit operator Scalar(float value) => new(Num.Of((double)value));
    public static implicit operator Scalar(double value) => new(Num.Of(value));
    public static implicit operator Scalar(bool value) => new(Num.Of(value));

    /// <summary>Nothing to give back; here because the type has it.</summary>
    public void Dispose() { }
}

public static class ScalarExtensionMethods
{
    public static Scalar ToScalar(this byte value) => value;
    public static Scalar ToScalar(this sbyte value) => value;
    public static Scalar ToScalar(this short value) => value;
    public static Scalar ToScalar(this int value) => value;
    public static Scalar ToScalar(this long value) => value;
    public static Scalar ToScalar(this float value) => value;
    public static Scalar ToScalar(this double value) => value;
    public static Scalar ToScalar(this bool value) => value;
    public static Scalar ToScalar(this Half value) => value;

    public static Half ToHalf(this Scalar value) => (Half)value.ToDouble();
    public static float ToSingle(this Scalar value) => (float)value.ToDouble();
    public static double ToDouble(this Scalar value) =>
        value.Value.Kind == 1 ? BitConverter.Int64BitsToDouble(value.Value.Bits) : value.Value.Bits;
    public static sbyte ToSByte(this Scalar value) => checked((sbyte)value.ToInt64());
    public static byte ToByte(this Scalar value) => checked((byte)value.ToInt64());
    public static short ToInt16(this Scalar value) => checked((short)value.ToInt64());
    public static int ToInt32(this Scalar value) => checked((int)value.ToInt64());
    public static long ToInt64(this Scalar value) =>
        value.Value.Kind == 1 ? checked((long)BitConverter.Int64BitsToDouble(value.Value.Bits)) : value.Value.Bits;
    public static bool ToBoolean(this Scalar value) => value.ToDouble() != 0;
}
