using System.Globalization;
using TorchSharp;

namespace ViViT.Worker.TrainerProcess;

/// <summary>Memory that a training could take.</summary>
internal static class FreeMemory
{
    private const string MemoryInfo = "/proc/meminfo";

    /// <summary>Bytes free on the device; null when that cannot be asked.</summary>
    public static long? Of(torch.Device device)
    {
        if (device.type == DeviceType.CUDA) return NvidiaSmi.Installed.FreeBytes(Math.Max(0, device.index));

        // A container may have less than its machine.
        var limit = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes - Environment.WorkingSet;
        return File.Exists(MemoryInfo) && Available(File.ReadLines(MemoryInfo)) is { } available ? Math.Min(available, limit) : limit;
    }

    /// <summary>Of the lines of /proc/meminfo: what is free or can be made so, in bytes.</summary>
    internal static long? Available(IEnumerable<string> lines) =>
        lines.FirstOrDefault(line => line.StartsWith("MemAvailable:", StringComparison.Ordinal))?.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [_, var kibibytes, ..]
        && long.TryParse(kibibytes, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number << 10
            : null;
}
