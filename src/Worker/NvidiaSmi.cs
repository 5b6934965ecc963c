using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace ViViT.Worker;

/// <summary>Asks NVIDIA's own tool what libtorch does not tell. Every answer is null where the tool is not installed or gives none.</summary>
internal sealed class NvidiaSmi(string program)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>The one on the path.</summary>
    public static NvidiaSmi Installed { get; } = new("nvidia-smi");

    /// <summary>The GPU's name, e.g. <c>NVIDIA H200</c>.</summary>
    /// <param name="index">As in <c>cuda:N</c>.</param>
    public string? Name(int index) => Query("name", index);

    /// <summary>Bytes of the GPU's memory.</summary>
    /// <param name="index">As in <c>cuda:N</c>.</param>
    public long? TotalBytes(int index) => Mebibytes("memory.total", index);

    /// <summary>Bytes that nobody uses.</summary>
    /// <param name="index">As in <c>cuda:N</c>.</param>
    public long? FreeBytes(int index) => Mebibytes("memory.free", index);

    /// <summary>The processes that hold memory of the GPU, by the numbers that the driver's own system knows them by: in a container they may be others.</summary>
    /// <param name="index">As in <c>cuda:N</c>.</param>
    public IReadOnlyList<int>? Holders(int index) =>
        Ask("--query-compute-apps=pid", index) is { } lines
            ? [.. lines.Select(line => int.TryParse(line, NumberStyles.None, CultureInfo.InvariantCulture, out var pid) ? pid : 0).Where(pid => pid > 0)]
            : null;

    /// <summary>All GPUs that this worker may see, in one question.</summary>
    public IReadOnlyList<GpuReading>? Readings() => Ask($"--query-gpu={GpuReading.Fields}", Seen is { } seen ? string.Join(',', seen) : null) is { } lines
        ? [.. lines.Select(GpuReading.Parse).OfType<GpuReading>()]
        : null;

    private long? Mebibytes(string field, int index) =>
        long.TryParse(Query(field, index), NumberStyles.None, CultureInfo.InvariantCulture, out var mebibytes) ? mebibytes << 20 : null;

    private string? Query(string field, int index) => Ask($"--query-gpu={field}", index) is [var first, ..] ? first : null;

    // The tool counts all GPUs of the machine, libtorch those that it may see. Null where it may see all.
    private static string[]? Seen =>
        Environment.GetEnvironmentVariable("CUDA_VISIBLE_DEVICES")?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) is { Length: > 0 } seen ? seen : null;

    private string[]? Ask(string question, int index) => Ask(question, Seen is { } seen && index < seen.Length ? seen[index] : index.ToString(CultureInfo.InvariantCulture));

    private string[]? Ask(string question, string? ids)
    {
        string[] arguments = [question, "--format=csv,noheader,nounits", .. ids is null ? (string[])[] : ["-i", ids]];
        try
        {
            using var asked = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
            using var late = new CancellationTokenSource(Patience);
            using var kill = late.Token.Register(asked.Kill);
            var answer = asked.StandardOutput.ReadToEnd();
            asked.WaitForExit();
            return asked.ExitCode == 0 ? answer.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) : null;
        }
        catch (Win32Exception)
        {
            return null; // not installed here
        }
    }
}
