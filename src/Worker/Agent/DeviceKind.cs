using System.Globalization;
using System.Runtime.InteropServices;

namespace ViViT.Worker.Agent;

/// <summary>Names what a slot computes on, so that slots of one name are equally fast.</summary>
internal static class DeviceKind
{
    private const string ProcessorInfo = "/proc/cpuinfo";

    /// <summary><c>cpu/AMD EPYC 9R14/1</c>: processor and threads; <c>NVIDIA H200</c>, or <c>NVIDIA H200/2</c> where two slots share one.</summary>
    /// <param name="device"><c>cpu</c> or <c>cuda:N</c>.</param>
    /// <param name="threads">Of one operation on the CPU.</param>
    /// <param name="sharing">Slots on this device.</param>
    public static string Of(string device, int threads, int sharing, NvidiaSmi smi)
    {
        if (device == "cpu")
        {
            var model = File.Exists(ProcessorInfo) ? ModelName(File.ReadLines(ProcessorInfo)) : null;
            return FormattableString.Invariant($"cpu/{model ?? RuntimeInformation.ProcessArchitecture.ToString()}/{threads}");
        }

        var name = smi.Name(int.Parse(device.Split(':')[1], CultureInfo.InvariantCulture)) ?? "cuda";
        return sharing > 1 ? FormattableString.Invariant($"{name}/{sharing}") : name;
    }

    /// <summary>Of the lines of /proc/cpuinfo; null where they do not say.</summary>
    internal static string? ModelName(IEnumerable<string> lines) =>
        lines.FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':', 2) is [_, var name] && name.Trim() is { Length: > 0 } model ? model : null;
}
