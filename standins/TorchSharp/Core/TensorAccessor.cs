using System.Collections;

namespace TorchSharp.Utils;

/// <summary>
/// The elements of a CPU tensor in row-major order, whatever its strides, read and written in place.
/// Keeps the tensor object, not its memory: do not use it after the tensor is disposed.
/// </summary>
public sealed unsafe class TensorAccessor<T> : IDisposable, IEnumerable<T> where T : unmanaged
{
    private readonly torch.Tensor tensor;
    private readonly T* data;
    private readonly long[] shape;
    private readonly long[] strides;
    private readonly bool contiguous;

    internal TensorAccessor(torch.Tensor tensor)
    {
        if (tensor.device_type != DeviceType.CPU)
            throw new InvalidOperationException("Reading data from non-CPU memory is not supported. Move or copy the tensor to the cpu before reading.");
        this.tensor = tensor;
        shape = tensor.shape;
        strides = tensor.stride();
        contiguous = tensor.is_contiguous();
        data = (T*)tensor.DataPointer();
        Count = tensor.numel();
    }

    public long Count { get; }

    public bool IsReadOnly => false;

    public T this[params long[] indices]
    {
        get => data[Offset(indices)];
        set => data[Offset(indices)] = value;
    }

    /// <summary>All elements in one array.</summary>
    public T[] ToArray()
    {
        var result = new T[Count];
        CopyTo(result);
        return result;
    }

    /// <summary>All elements in an array of the tensor's rank; a single one for a scalar.</summary>
    public Array ToNDArray()
    {
        if (shape.Length <= 1) return ToArray();
        var result = Array.CreateInstance(typeof(T), shape);
        var flat = System.Runtime.InteropServices.MemoryMarshal.CreateSpan(
            ref Unsafe.As<byte, T>(ref System.Runtime.InteropServices.MemoryMarshal.GetArrayDataReference(result)), checked((int)Count));
        CopyTo(flat);
        return result;
    }

    public void CopyTo(T[] array, int arrayIndex = 0, long tensorIndex = 0) => CopyTo(array.AsSpan(), arrayIndex, tensorIndex);

    public void CopyTo(Span<T> array, int arrayIndex = 0, long tensorIndex = 0)
    {
        var n = Math.Min(array.Length - arrayIndex, Count - tensorIndex);
        if (n <= 0) return;
        if (contiguous) new ReadOnlySpan<T>(data + tensorIndex, (int)n).CopyTo(array[arrayIndex..]);
        else for (var i = 0; i < n; i++) array[arrayIndex + i] = data[Strided(tensorIndex + i)];
        GC.KeepAlive(tensor);
    }

    public void CopyFrom(T[] array, int arrayIndex = 0, long tensorIndex = 0) => CopyFrom((ReadOnlySpan<T>)array, arrayIndex, tensorIndex);

    public void CopyFrom(ReadOnlySpan<T> array, int arrayIndex = 0, long tensorIndex = 0)
    {
        var n = Math.Min(array.Length - arrayIndex, Count - tensorIndex);
        if (n <= 0) return;
        if (contiguous) array.Slice(arrayIndex, (int)n).CopyTo(new Span<T>(data + tensorIndex, (int)n));
        else for (var i = 0; i < n; i++) data[Strided(tensorIndex + i)] = array[arrayIndex + i];
        GC.KeepAlive(tensor);
    }

    public IEnumerator<T> GetEnumerator()
    {
        for (var i = 0L; i < Count; i++) yield return At(i);
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Nothing to give back: the tensor owns the memory.</summary>
    public void Dispose() { }

    private T At(long index) => data[contiguous ? index : Strided(index)];

    private long Offset(long[] indices)
    {
        if (indices.Length == 1)
        {
            if (indices[0] < 0 || indices[0] >= Count) throw new IndexOutOfRangeException($"{indices[0]} is not an index of {Count} elements.");
            return contiguous ? indices[0] : Strided(indices[0]);
        }
        var offset = 0L;
        for (var i = 0; i < shape.Length; i++)
        {
            if (indices[i] < 0 || indices[i] >= shape[i]) throw new IndexOutOfRangeException($"{indices[i]} is not an index of dimension {i}, of size {shape[i]}.");
            offset += indices[i] * strides[i];
        }
        return offset;
    }

    private long Strided(long index)
    {
        var offset = 0L;
        for (var i = shape.Length - 1; i >= 0; i--)
        {
            (index, var here) = Math.DivRem(index, shape[i]);
            offset += here * strides[i];
        }
        return offset;
    }
}
