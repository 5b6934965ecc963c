using System.Globalization;

namespace ViViT.Worker.Agent;

/// <summary>How much memory a slot's device has for it.</summary>
internal static class DeviceMemory
{
    /// <summary>In GiB: the device's, shared out evenly between its slots; null where it cannot be asked.</summary>
    /// <param name="device"><c>cpu</c> or <c>cuda:N</c>.</param>
    /// <param name="sharing">Slots on this device.</param>
    public static double? Gib(string device, int sharing, NvidiaSmi smi, HostMemory host)
    {
        var bytes = device == "cpu" ? host.TotalBytes() : smi.TotalBytes(int.Parse(device.Split(':')[1], CultureInfo.InvariantCulture));
        return bytes is { } known ? Math.Round(known / (double)(1L << 30) / sharing, 2) : null;
    }
}
