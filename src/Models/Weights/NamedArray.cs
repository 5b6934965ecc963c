namespace ViViT.Models.Weights;

/// <summary>Element types of safetensors files, spelt as there.</summary>
public enum ArrayType
{
    BOOL,
    U8,
    I8,
    U16,
    I16,
    F16,
    BF16,
    U32,
    I32,
    F32,
    U64,
    I64,
    F64,
}

/// <summary>An array with a name.</summary>
/// <param name="Data">Elements in C order, little endian.</param>
public sealed record NamedArray(string Name, ArrayType Type, IReadOnlyList<long> Shape, ReadOnlyMemory<byte> Data)
{
    /// <exception cref="SafetensorsException">Type or shape differ.</exception>
    public void Expect(ArrayType type, IReadOnlyList<long> shape)
    {
        if (Type != type || !Shape.SequenceEqual(shape))
        {
            throw new SafetensorsException($"the tensor '{Name}' is {Type} [{string.Join(", ", Shape)}] where {type} [{string.Join(", ", shape)}] is expected");
        }
    }

    /// <summary>Bytes of one element.</summary>
    internal static int SizeOf(ArrayType type) => type switch
    {
        ArrayType.BOOL or ArrayType.U8 or ArrayType.I8 => 1,
        ArrayType.U16 or ArrayType.I16 or ArrayType.F16 or ArrayType.BF16 => 2,
        ArrayType.U32 or ArrayType.I32 or ArrayType.F32 => 4,
        _ => 8,
    };

    /// <summary>Bytes of an array, or null when that overflows.</summary>
    internal static long? SizeOf(ArrayType type, IReadOnlyList<long> shape)
    {
        try
        {
            return shape.Aggregate((long)SizeOf(type), (size, extent) => checked(size * extent));
        }
        catch (OverflowException)
        {
            return null;
        }
    }
}
