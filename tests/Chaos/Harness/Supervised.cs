using System.Diagnostics;
using ViViT.TestKit;

namespace ViViT.Chaos;

/// <summary>A program that is started again whenever it ends, until this is disposed of. What it prints goes to a log file.</summary>
internal sealed class Supervised : IAsyncDisposable
{
    private static readonly TimeSpan UsualPause = TimeSpan.FromMilliseconds(300);

    private readonly string program;
    private readonly IReadOnlyList<string> arguments;
    private readonly IReadOnlyDictionary<string, string> environment;
    private readonly string log;
    private readonly CancellationTokenSource over = new();
    private readonly Lock gate = new();
    private readonly Task running;
    private Process? process;
    private TimeSpan pause;

    public Supervised(string program, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> environment, string log)
    {
        (this.program, this.arguments, this.environment, this.log) = (program, arguments, environment, log);
        running = KeepRunning();
    }

    /// <summary>Null while it is down.</summary>
    public int? Pid
    {
        get
        {
            lock (gate)
            {
                return process?.Id;
            }
        }
    }

    /// <summary>Ends it by a signal; it comes back after the given time.</summary>
    public void End(Signal signal, TimeSpan downFor)
    {
        lock (gate)
        {
            if (process is null) return;
            pause = downFor;
            Processes.Signal(process.Id, signal);
        }
    }

    /// <summary>Lets it stand still for a while.</summary>
    public async Task StandStill(TimeSpan time)
    {
        if (Pid is not { } pid) return;
        Processes.Signal(pid, Signal.Stop);
        await Task.Delay(time);
        lock (gate)
        {
            // Its number may be another's once it has been waited for.
            if (process?.Id == pid) Processes.Signal(pid, Signal.Continue);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await over.CancelAsync();
        End(Signal.Kill, TimeSpan.Zero);
        await running;
        over.Dispose();
    }

    private async Task KeepRunning()
    {
        while (!over.IsCancellationRequested)
        {
            using var started = Start();
            lock (gate)
            {
                (process, pause) = (started, UsualPause);
            }

            await started.WaitForExitAsync();
            TimeSpan wait;
            lock (gate)
            {
                (process, wait) = (null, pause);
            }

            await Task.Delay(wait, over.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private Process Start()
    {
        // The shell opens the log and becomes the program, which keeps its process id.
        var start = new ProcessStartInfo("/bin/sh", ["-c", "log=$1; shift; exec \"$@\" >>\"$log\" 2>&1", "sh", log, program, .. arguments])
        {
            RedirectStandardInput = true,
            WorkingDirectory = "/",
        };
        foreach (var ambient in start.Environment.Keys.Where(name => name.StartsWith("VIVIT_", StringComparison.Ordinal)).ToList()) start.Environment.Remove(ambient);
        foreach (var (name, value) in environment) start.Environment[name] = value;
        var child = Process.Start(start)!;
        child.StandardInput.Close();
        return child;
    }
}
