using System.Runtime.Intrinsics.X86;
using TorchSharp;
using ViViT.Contracts.Specs;

namespace ViViT.Training;

/// <summary>What a precision setting means on a device.</summary>
public static class DevicePrecision
{
    private static readonly bool ProcessorHasBFloat16 = AsksForBFloat16();

    /// <summary>Whether matrix products are in bfloat16.</summary>
    public static bool IsMixed(Precision precision, torch.Device device) =>
        precision == Precision.Mixed || (precision == Precision.Auto && (device.type == DeviceType.CUDA || ProcessorHasBFloat16));

    // CPUID leaf 7: AVX512_BF16 is bit 5 of EAX in subleaf 1, AMX-BF16 bit 22 of EDX in subleaf 0 (Intel SDM, volume 2A).
    private static bool AsksForBFloat16()
    {
        if (!X86Base.IsSupported || X86Base.CpuId(0, 0).Eax < 7)
        {
            return false;
        }

        return (X86Base.CpuId(7, 1).Eax & (1 << 5)) != 0 || (X86Base.CpuId(7, 0).Edx & (1 << 22)) != 0;
    }
}
