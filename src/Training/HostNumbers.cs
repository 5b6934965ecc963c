using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace ViViT.Training;

/// <summary>Numbers that the host makes for a step. To a GPU they travel from pinned memory, so that nothing waits for them.</summary>
internal static class HostNumbers
{
    public static Tensor To(Device device, float[] values, params long[] shape) => To(device, MemoryMarshal.AsBytes<float>(values), ScalarType.Float32, shape);

    public static Tensor To(Device device, int[] values, params long[] shape) => To(device, MemoryMarshal.AsBytes<int>(values), ScalarType.Int32, shape);

    public static Tensor To(Device device, long[] values, params long[] shape) => To(device, MemoryMarshal.AsBytes<long>(values), ScalarType.Int64, shape);

    private static Tensor To(Device device, ReadOnlySpan<byte> bytes, ScalarType type, long[] shape)
    {
        var here = empty(shape, type, CPU);
        if (device.type == DeviceType.CPU)
        {
            bytes.CopyTo(here.bytes);
            return here;
        }

        using (here)
        {
            using var pinned = here.pin_memory();
            bytes.CopyTo(pinned.bytes);
            return pinned.to(device, non_blocking: true);
        }
    }
}
