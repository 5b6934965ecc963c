using System.Runtime.InteropServices;

namespace ViViT.Models.Weights;

/// <summary>One member's parameters as a safetensors file, one F32 tensor per parameter under its layout name.</summary>
public static class WeightFile
{
    public static void Write(Stream file, FlatParameters parameters, int member)
    {
        var values = MemoryMarshal.AsBytes(parameters.Read(member).AsSpan()).ToArray();
        Safetensors.Write(file, [.. parameters.Layout.Slots.Select(slot =>
            new NamedArray(slot.Name, ArrayType.F32, slot.Shape, values.AsMemory((int)slot.Offset * sizeof(float), (int)slot.Count * sizeof(float))))]);
    }

    /// <exception cref="SafetensorsException">The file is malformed, or its tensors are not exactly those of the layout.</exception>
    public static void Read(byte[] file, FlatParameters parameters, int member)
    {
        var arrays = Safetensors.Read(file).Arrays.ToDictionary(array => array.Name);
        var values = new float[parameters.Layout.Count];
        foreach (var slot in parameters.Layout.Slots)
        {
            if (!arrays.Remove(slot.Name, out var array))
            {
                throw new SafetensorsException($"the tensor '{slot.Name}' is missing. The file belongs to another model");
            }

            array.Expect(ArrayType.F32, slot.Shape);
            array.Data.Span.CopyTo(MemoryMarshal.AsBytes(values.AsSpan((int)slot.Offset, (int)slot.Count)));
        }

        if (arrays.Count > 0)
        {
            throw new SafetensorsException($"the model has no parameter '{arrays.Keys.Order(StringComparer.Ordinal).First()}'. The file belongs to another model");
        }

        parameters.Write(member, values);
    }
}
