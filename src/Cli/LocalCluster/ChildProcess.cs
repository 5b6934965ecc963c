using System.Diagnostics;
using System.Runtime.InteropServices;

namespace ViViT.Cli.LocalCluster;

/// <summary>How to start and stop one program of the stack.</summary>
/// <param name="StopSignal">What asks it to end.</param>
/// <param name="Grace">How long it may take to end before it is killed.</param>
internal sealed record ChildCommand(
    string Name, IReadOnlyList<string> Command, IReadOnlyDictionary<string, string> Environment, PosixSignal StopSignal, TimeSpan Grace);

/// <summary>Keeps one program running: starts it again, ever more slowly, whenever it ends unasked.</summary>
internal sealed class ChildProcess(ChildCommand child, StateFolder folder, Action<string> log, TimeProvider time)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(0.25);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Healthy = TimeSpan.FromSeconds(20);

    /// <summary>Returns after <paramref name="stop"/>, when the program has ended.</summary>
    /// <exception cref="LocalStackException">The program refused its settings: starting it again would change nothing.</exception>
    public async Task KeepRunning(CancellationToken stop)
    {
        var pause = FirstPause;
        while (!stop.IsCancellationRequested)
        {
            var started = time.GetTimestamp();
            using var process = Start();
            log($"{child.Name} started (pid {process.Id})");
            await EndOf(process, stop);
            File.Delete(folder.PidFileOf(child.Name));
            if (stop.IsCancellationRequested) break;
            if (process.ExitCode == ExitCodes.Usage) throw new LocalStackException($"{child.Name} refuses its settings; its log {folder.LogOf(child.Name)} says which.");

            pause = time.GetElapsedTime(started) > Healthy ? FirstPause : Min(pause * 2, LongestPause);
            log($"{child.Name} ended by itself, exit code {process.ExitCode}{SignalOf(process.ExitCode)}; starting it again in {pause.TotalSeconds:0.##} s (its log: {folder.LogOf(child.Name)})");
            await Task.Delay(pause, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        log($"{child.Name} stopped");
    }

    /// <summary>Ends a program that an earlier supervisor left behind.</summary>
    public static async Task EndLeftover(ChildCommand child, StateFolder folder, CancellationToken cancellation)
    {
        var pidFile = folder.PidFileOf(child.Name);
        if (!File.Exists(pidFile)) return;
        if (ProcessIdentity.Parse(await File.ReadAllTextAsync(pidFile, cancellation)) is { IsAlive: true } left)
        {
            left.Signal(child.StopSignal);
            if (!await left.Ended(child.Grace, cancellation)) left.Kill();
        }

        File.Delete(pidFile);
    }

    private Process Start()
    {
        // The shell opens the log and becomes the program, which keeps its process id.
        var start = new ProcessStartInfo("/bin/sh") { RedirectStandardInput = true, WorkingDirectory = "/" };
        foreach (var argument in (string[])["-c", "log=$1; shift; exec \"$@\" >>\"$log\" 2>&1", "sh", folder.LogOf(child.Name), .. child.Command])
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var (name, value) in child.Environment) start.Environment[name] = value;
        var process = Process.Start(start)!;
        process.StandardInput.Close();
        if (ProcessIdentity.Of(process.Id) is { } identity) File.WriteAllText(folder.PidFileOf(child.Name), identity.ToString());
        return process;
    }

    private async Task EndOf(Process process, CancellationToken stop)
    {
        await process.WaitForExitAsync(stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (process.HasExited || ProcessIdentity.Of(process.Id) is not { } running) return;
        running.Signal(child.StopSignal);
        if (!await running.Ended(child.Grace, CancellationToken.None))
        {
            log($"{child.Name} did not end within {child.Grace.TotalSeconds:0} s and is killed");
            running.Kill();
        }

        await process.WaitForExitAsync(CancellationToken.None);
    }

    private static string SignalOf(int exitCode) => exitCode > 128 ? $" (signal {exitCode - 128})" : "";

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;
}
