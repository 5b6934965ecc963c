using System.Runtime.InteropServices;

namespace TorchSharp.Native;

/// <summary>A number on its way to the shim; mirrors ts::Num of shim.h.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct Num(long Kind, long Bits)
{
    public static Num Of(long value) => new(0, value);
    public static Num Of(double value) => new(1, BitConverter.DoubleToInt64Bits(value));
    public static Num Of(bool value) => new(2, value ? 1 : 0);
    public static readonly Num One = Of(1L);
}

/// <summary>A borrowed array of integers; mirrors ts::Ints. A negative count stands for "none given" where a call allows it.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly unsafe struct Ints(long* data, long count)
{
    public readonly long* Data = data;
    public readonly long Count = count;
    public static Ints None => new(null, -1);
}

/// <summary>What and where a new tensor is; mirrors Options of create.cpp. -1: as the template.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct TensorOptions(int DType, int DeviceType, int DeviceIndex, int RequiresGrad)
{
    public TensorOptions(torch.ScalarType? dtype, torch.Device? device, bool requires_grad)
        : this(dtype is { } d ? (int)d : -1, device is null ? -1 : (int)device.type, device?.index ?? -1, requires_grad ? 1 : 0) { }
}

/// <summary>One index of a tensor; mirrors Index of tensor.cpp.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NativeIndex
{
    public const long NotGiven = long.MinValue;
    public long Kind, Start, Stop, Step;
    public nint Tensor;
}
