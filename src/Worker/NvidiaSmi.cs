using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace ViViT.Worker;

/// <summary>Asks NVIDIA's own tool what libtorch does not tell.</summary>
internal static class NvidiaSmi
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>The GPU's name, e.g. <c>NVIDIA H200</c>; null when it cannot be asked.</summary>
    /// <param name="index">As in <c>cuda:N</c>.</param>
    public static string? Name(int index) => Query("name", index);

    /// <summary>Bytes that nobody uses; null when it cannot be asked.</summary>
    /// <param name="index">As in <c>cuda:N</c>.</param>
    public static long? FreeBytes(int index) =>
        long.TryParse(Query("memory.free", index), NumberStyles.None, CultureInfo.InvariantCulture, out var mebibytes) ? mebibytes << 20 : null;

    private static string? Query(string field, int index)
    {
        // The tool counts all GPUs of the machine, libtorch those that it may see.
        var seen = Environment.GetEnvironmentVariable("CUDA_VISIBLE_DEVICES")?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var id = seen is not null && index < seen.Length ? seen[index] : index.ToString(CultureInfo.InvariantCulture);
        try
        {
            using var asked = Process.Start(new ProcessStartInfo("nvidia-smi", [$"--query-gpu={field}", "--format=csv,noheader,nounits", "-i", id]) { RedirectStandardOutput = true })!;
            using var late = new CancellationTokenSource(Patience);
            using var kill = late.Token.Register(asked.Kill);
            var answer = asked.StandardOutput.ReadToEnd().Trim();
            asked.WaitForExit();
            return asked.ExitCode == 0 && answer.Length > 0 ? answer.Split('\n')[0].Trim() : null;
        }
        catch (Win32Exception)
        {
            return null; // not installed here
        }
    }
}
