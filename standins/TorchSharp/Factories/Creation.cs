using System.Runtime.InteropServices;

namespace TorchSharp;

/// <summary>What the creation functions share.</summary>
public static unsafe partial class torch
{
    private static TensorOptions NewOptions(ScalarType dtype, Device? device, bool requires_grad)
    {
        device = InitializeDevice(device);
        return new TensorOptions((int)dtype, (int)device.type, device.index, requires_grad ? 1 : 0);
    }

    private static Tensor Filled(delegate* unmanaged<Ints, TensorOptions, nint*, int> f, ReadOnlySpan<long> size,
        ScalarType? dtype, Device? device, bool requires_grad, string[]? names)
    {
        NoNames(names);
        nint r;
        fixed (long* p = size) Errors.Check(f(new Ints(p, size.Length), NewOptions(dtype ?? get_default_dtype(), device, requires_grad), &r));
        return new Tensor(r);
    }

    private static Tensor Random(delegate* unmanaged<Ints, nint, TensorOptions, nint*, int> f, ReadOnlySpan<long> size, Generator? generator,
        ScalarType? dtype, Device? device, bool requires_grad, string[]? names)
    {
        NoNames(names);
        if (dtype is { } t && is_integral(t))
            throw new ArgumentException($"torch.rand() and torch.randn() were passed a bad dtype: {t}. It must be floating point or complex.", nameof(dtype));
        nint r;
        fixed (long* p = size)
            Errors.Check(f(new Ints(p, size.Length), generator?.Handle ?? 0, NewOptions(dtype ?? get_default_dtype(), device, requires_grad), &r));
        GC.KeepAlive(generator);
        return new Tensor(r);
    }

    private static Tensor Copied(Array array, ReadOnlySpan<long> size, ScalarType type, ScalarType? dtype, Device? device, bool requires_grad, string[]? names) =>
        Pinned((Array)array.Clone(), size, type, dtype, device, requires_grad, names);

    /// <summary>A tensor over the array's own memory, which stays pinned until the last tensor over it is gone.</summary>
    private static Tensor Pinned(Array array, ReadOnlySpan<long> size, ScalarType type, ScalarType? dtype, Device? device, bool requires_grad, string[]? names)
    {
        NoNames(names);
        var elements = 1L;
        foreach (var n in size) elements *= n;
        if (elements > array.LongLength)
            throw new ArgumentException($"mismatched total size creating a tensor from an array: {elements} vs. {array.LongLength}");

        var options = NewOptions(dtype ?? type, device, requires_grad);
        var pin = GCHandle.Alloc(array, GCHandleType.Pinned);
        nint r;
        fixed (long* p = size)
            Errors.Check(CreateCalls.from_memory(pin.AddrOfPinnedObject(), new Ints(p, size.Length), (int)type, options, GCHandle.ToIntPtr(pin), &Unpin, &r));
        return new Tensor(r);
    }

    [UnmanagedCallersOnly]
    private static void Unpin(nint pin) => GCHandle.FromIntPtr(pin).Free();

    private static long[] ShapeOf(Array array)
    {
        var shape = new long[array.Rank];
        for (var i = 0; i < shape.Length; i++) shape[i] = array.GetLongLength(i);
        return shape;
    }

    private static void NoNames(string[]? names)
    {
        if (names is { Length: > 0 }) throw new NotSupportedException("This stand-in for TorchSharp has no named dimensions.");
    }

    /// <summary>A tensor over the array's own memory if neither type nor device differ, else a converted copy.</summary>
    public static Tensor from_array(Array rawArray, Device? device = null) => from_array(rawArray, null, device ?? CPU);

    public static Tensor from_array(Array rawArray, ScalarType? dtype, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        Pinned(rawArray, ShapeOf(rawArray), ToScalarType(rawArray.GetType().GetElementType()!), dtype, device, requires_grad, names);

    public static Tensor arange(Scalar start, Scalar stop, Scalar step, ScalarType? dtype = null, Device? device = null, bool requires_grad = false)
    {
        var integers = is_integral(start.Type) && is_integral(stop.Type) && is_integral(step.Type);
        var options = NewOptions(dtype ?? (integers ? ScalarType.Int64 : get_default_dtype()), device, requires_grad);
        nint r;
        Errors.Check(CreateCalls.arange(start.Value, stop.Value, step.Value, options, &r));
        return new Tensor(r);
    }

    public static Tensor arange(Scalar start, Scalar stop, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        arange(start, stop, 1, dtype, device, requires_grad);

    public static Tensor arange(Scalar stop, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        arange(0, stop, 1, dtype, device, requires_grad);

    public static Tensor linspace(double start, double end, long steps, ScalarType? dtype = null, Device? device = null, bool requires_grad = false)
    {
        nint r;
        Errors.Check(CreateCalls.linspace(start, end, steps, NewOptions(dtype ?? get_default_dtype(), device, requires_grad), &r));
        return new Tensor(r);
    }

    public static Tensor eye(long rows, long columns = -1L, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
    {
        NoNames(names);
        nint r;
        Errors.Check(CreateCalls.eye(rows, columns == -1 ? rows : columns, NewOptions(dtype ?? get_default_dtype(), device, requires_grad), &r));
        return new Tensor(r);
    }

    public static Tensor normal(double mean, double std, ReadOnlySpan<long> size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null, string[]? names = null) =>
        randn(size, dtype, device, false, generator, names).mul_(std).add_(mean).requires_grad_(requires_grad);
}
