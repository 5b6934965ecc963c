using System.Globalization;
using ViViT.Worker.TrainerProcess;

namespace ViViT.Worker.Agent;

/// <summary>
/// Proves, before the next trainer begins, that nothing of the last one is left on a slot's device: no process of it or of what it
/// started, and no memory that the driver counts as its. What it left running is killed.
/// </summary>
/// <remarks>
/// The driver may know processes by other numbers than this system does (in a container). So its word is asked for only after it has named a
/// living trainer by the number that it has here.
/// </remarks>
/// <param name="device"><c>cpu</c> or <c>cuda:N</c>.</param>
internal sealed class DeviceProof(string device, NvidiaSmi smi, TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private readonly HashSet<int> suspects = [];
    private string? marker;
    private bool driverKnowsUs;

    /// <summary>A trainer begins.</summary>
    public void Starts(TrainerChild trainer)
    {
        marker = trainer.Marker;
        suspects.Add(trainer.ProcessId);
    }

    /// <summary>That trainer has come up, and so holds memory of its device.</summary>
    public async Task CameUp(TrainerChild trainer) => driverKnowsUs = await Holders() is { } holders && holders.Contains(trainer.ProcessId);

    /// <summary>Waits until the device is free.</summary>
    /// <param name="patience">How long.</param>
    /// <returns>What holds it still; null when nothing does.</returns>
    public async Task<string?> WhyHeld(TimeSpan patience, CancellationToken cancellation)
    {
        var started = time.GetTimestamp();
        while (await Holding() is { } why)
        {
            if (time.GetElapsedTime(started) >= patience) return why;
            await Task.Delay(Interval, time, cancellation);
        }

        suspects.Clear();
        marker = null;
        return null;
    }

    /// <summary>Kills what the last trainer left running.</summary>
    public IReadOnlyList<int> KillLeftovers()
    {
        var left = marker is null ? [] : MarkedProcesses.Of(marker);
        foreach (var pid in left) Libc.KillHard(pid);
        return left;
    }

    private async Task<string?> Holding()
    {
        var left = KillLeftovers();
        suspects.UnionWith(left);
        if (left.Count > 0) return $"the last trainer left {(left.Count == 1 ? "process" : "processes")} {Text(left)} that {(left.Count == 1 ? "does" : "do")} not end";
        if (!driverKnowsUs || suspects.Count == 0 || await Holders() is not { } holders) return null;
        var held = holders.Where(suspects.Contains).ToArray();
        return held.Length == 0 ? null : $"the driver still holds memory of {device} for {(held.Length == 1 ? "process" : "processes")} {Text(held)} of the last trainer, which ended";
    }

    // Null for a CPU, and where there is nobody to ask.
    private Task<IReadOnlyList<int>?> Holders() =>
        device == "cpu" ? Task.FromResult<IReadOnlyList<int>?>(null) : Task.Run(() => smi.Holders(int.Parse(device.Split(':')[1], CultureInfo.InvariantCulture)));

    private static string Text(IEnumerable<int> pids) => string.Join(", ", pids);
}
