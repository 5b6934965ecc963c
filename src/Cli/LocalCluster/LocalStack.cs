using System.Diagnostics;
using System.Runtime.InteropServices;
using ViViT.Contracts.Configuration;

namespace ViViT.Cli.LocalCluster;

/// <summary>The control plane, a database and a worker on this machine, for this user.</summary>
internal sealed class LocalStack(StateFolder folder, TimeProvider time)
{
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan SupervisorPatience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private static readonly string[] Processes = ["supervisor", "postgres", "silo", "worker"];

    public static LocalStack Default() => new(StateFolder.Default(), TimeProvider.System);

    public string LogFolder => folder.Logs;

    /// <summary>Of the running stack; null when none runs, or none has got far enough to have a token.</summary>
    public Connection? Connection => Running is { } stack && Token() is { } token ? new(stack.Server, token) : null;

    /// <summary>Where the running stack's metrics are; none when none runs.</summary>
    public IReadOnlyList<Uri> Metrics => Running is { SiloManagement: { } silo, WorkerManagement: { } worker } ? [new Uri(silo, Contracts.Wire.Routes.Metrics), new Uri(worker, Contracts.Wire.Routes.Metrics)] : [];

    private StackRecord? Running => StackRecord.Read(folder) is { Supervisor.IsAlive: true } stack ? stack : null;

    /// <summary>Starts the stack unless it runs, and waits until it serves.</summary>
    /// <returns>Whether this call started it.</returns>
    /// <exception cref="LocalStackException">It does not come up; the message ends with what its processes said.</exception>
    public async Task<bool> EnsureUp(IProgress<string> progress, CancellationToken cancellation)
    {
        var word = Guid.NewGuid().ToString("n");
        if (Running is null)
        {
            folder.Create();
            progress.Report($"Starting PostgreSQL, silo and worker in {folder.Root}");
            foreach (var log in Directory.GetFiles(folder.Logs, "*.log")) KeepOneOld(log);
            StartSupervisor(word);
        }

        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(2) };
        var began = time.GetTimestamp();
        var seen = false;
        while (!await Serves(client, cancellation))
        {
            var waited = time.GetElapsedTime(began);
            var runs = Running is not null;
            seen |= runs;
            if (waited > StartPatience || (!runs && (seen || waited > SupervisorPatience)))
            {
                if (Running?.StartedBy == word) await Down(progress, cancellation);
                throw new LocalStackException($"The local stack does not come up. {LastWords()}");
            }

            await Task.Delay(Pause, time, cancellation);
        }

        return Running?.StartedBy == word;
    }

    /// <summary>Stops the stack; trainings are checkpointed and go on at the next start.</summary>
    /// <returns>False when nothing ran.</returns>
    public async Task<bool> Down(IProgress<string> progress, CancellationToken cancellation)
    {
        if (Running is not { } stack)
        {
            await Supervisor.EndLeftovers(folder, cancellation);
            return false;
        }

        progress.Report("Stopping worker, silo and PostgreSQL");
        stack.Supervisor.Signal(PosixSignal.SIGTERM);
        return await stack.Supervisor.Ended(StopPatience, cancellation)
            ? true
            : throw new LocalStackException($"The supervisor (pid {stack.Supervisor.Pid}) has not ended after {StopPatience.TotalSeconds:0} s. Its log: {folder.LogOf("supervisor")}");
    }

    private void StartSupervisor(string word)
    {
        // A session of its own: it outlives this terminal, and Ctrl-C here does not reach it.
        var self = Environment.ProcessPath!;
        var start = new ProcessStartInfo("/bin/sh") { WorkingDirectory = "/" };
        foreach (var argument in (string[])["-c", "log=$1; shift; setsid \"$@\" </dev/null >>\"$log\" 2>&1 &", "sh", folder.LogOf("supervisor"), self, SupervisorCommand.Name, "--started-by", word])
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment[Settings.State.Variable] = folder.Root;
        using var shell = Process.Start(start)!;
        shell.WaitForExit();
    }

    private async Task<bool> Serves(HttpClient client, CancellationToken cancellation)
    {
        if (Connection is not { } connection) return false;
        try
        {
            using var answer = await client.GetAsync(new Uri(connection.Server, Contracts.Wire.Routes.HealthReady), cancellation);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
        catch (TaskCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return false;
        }
    }

    private string? Token() => File.Exists(folder.TokenFile) && File.ReadAllText(folder.TokenFile).Trim() is { Length: > 0 } token ? token : null;

    private string LastWords()
    {
        var words = Processes
            .Select(folder.LogOf).Where(File.Exists)
            .Select(log => $"{log}:\n{string.Join('\n', File.ReadLines(log).TakeLast(5).Select(line => "  " + line))}");
        return $"The last lines of its logs:\n{string.Join('\n', words)}";
    }

    private static void KeepOneOld(string log)
    {
        if (new FileInfo(log).Length > 16 << 20) File.Move(log, log + ".1", overwrite: true);
    }
}
