using System.Globalization;
using System.Runtime.InteropServices;

namespace ViViT.Cli.LocalCluster;

/// <summary>A process that cannot be confused with a later one of the same number: its start time goes with it.</summary>
/// <param name="StartTime">Field 22 of <c>/proc/PID/stat</c>: clock ticks after boot.</param>
internal sealed record ProcessIdentity(int Pid, long StartTime)
{
    public static ProcessIdentity? Of(int pid) => StartTimeOf(pid) is { } started ? new(pid, started) : null;

    public bool IsAlive => StartTimeOf(Pid) == StartTime;

    /// <summary>Sends a signal; does nothing when the process is gone.</summary>
    public void Signal(PosixSignal signal)
    {
        if (IsAlive) _ = Kill(Pid, Number(signal));
    }

    /// <summary>Waits for its end, at most <paramref name="patience"/> long.</summary>
    public async Task<bool> Ended(TimeSpan patience, CancellationToken cancellation)
    {
        for (var waited = TimeSpan.Zero; IsAlive; waited += Pause)
        {
            if (waited >= patience) return false;
            await Task.Delay(Pause, cancellation);
        }

        return true;
    }

    public void Kill() => _ = IsAlive ? Kill(Pid, 9) : 0;

    public override string ToString() => FormattableString.Invariant($"{Pid} {StartTime}");

    public static ProcessIdentity? Parse(string text) =>
        text.Split(' ') is [var pid, var started] && int.TryParse(pid, CultureInfo.InvariantCulture, out var number) && long.TryParse(started, CultureInfo.InvariantCulture, out var time)
            ? new(number, time)
            : null;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private static long? StartTimeOf(int pid)
    {
        try
        {
            // The second field is the command in parentheses and may hold anything; the fields after it are plain. A zombie has ended.
            var stat = File.ReadAllText($"/proc/{pid}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return fields[0] is "Z" or "X" ? null : long.Parse(fields[19], CultureInfo.InvariantCulture);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static int Number(PosixSignal signal) => signal switch
    {
        PosixSignal.SIGINT => 2,
        PosixSignal.SIGTERM => 15,
        _ => throw new ArgumentOutOfRangeException(nameof(signal), signal, "Only SIGINT and SIGTERM are sent."),
    };

    [DllImport("libc", EntryPoint = "kill")]
    private static extern int Kill(int pid, int signal);
}
