using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using ViViT.Bench.Orchestrator;
using ViViT.Contracts;
using ViViT.Contracts.Specs;
using ViViT.Contracts.Sweeps;
using ViViT.Contracts.Wire;
using ViViT.TestKit;

namespace ViViT.Telemetry.Tests;

/// <summary>A silo and, if wanted, a worker with one slot, as processes of their own in a folder of their own, each with a management port.</summary>
internal sealed class Stack : IAsyncDisposable
{
    private const string FolderPrefix = "vivit-telemetry-";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private readonly List<Process> processes = [];
    private readonly HttpClient http = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromMinutes(1) };
    private Api? api;

    private Stack(string folder) => Folder = folder;

    public string Folder { get; }

    public Uri Address { get; } = FreeAddress();

    public Uri SiloManagement { get; } = FreeAddress();

    public Uri WorkerManagement { get; } = FreeAddress();

    /// <summary>With the silo's own token.</summary>
    public Api Api => api ??= new Api(Address, File.ReadAllText(TokenFile).Trim());

    private string TokenFile => Path.Combine(Folder, "token");

    public static async Task<Stack> Start(TestDatabase database, bool worker)
    {
        SweepLeftovers();
        var stack = new Stack(Directory.CreateDirectory($"/tmp/{FolderPrefix}{Environment.ProcessId}-{Guid.NewGuid().ToString("n")[..6]}").FullName);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Sweep(stack.Folder);
        try
        {
            stack.Run("Silo", [], ("VIVIT_POSTGRES", database.ConnectionString), ("VIVIT_LISTEN", Text(stack.Address)), ("VIVIT_MANAGEMENT", Text(stack.SiloManagement)), ("VIVIT_LEASE_SECONDS", "6"));
            await stack.UntilReady(stack.SiloManagement);
            if (worker)
            {
                stack.Run("Worker", ["agent"],
                    ("VIVIT_SERVER", Text(stack.Address)), ("VIVIT_MANAGEMENT", Text(stack.WorkerManagement)), ("VIVIT_WORKER", "only"), ("VIVIT_POOL", "local"), ("VIVIT_DEVICE", "cpu"), ("VIVIT_SLOTS", "1"),
                    ("VIVIT_DATA", Path.Combine(stack.Folder, "data")), ("VIVIT_CHECKPOINTS", Path.Combine(stack.Folder, "checkpoints")));
                await stack.UntilReady(stack.WorkerManagement);
            }

            return stack;
        }
        catch
        {
            await stack.DisposeAsync();
            throw;
        }
    }

    /// <summary>As JSON: the wire's form of a sweep file.</summary>
    public Task<SweepStatus> Submit(string sweep) => Api.Submit(JsonSerializer.Deserialize<SweepSpec>(sweep, ContractsJson.Options)!);

    public Task<SweepStatus> UntilEnded(SweepId sweep) => Until(() => Api.Status(sweep), status => status.State is not (SweepState.Running or SweepState.Paused));

    public async Task<T> Until<T>(Func<Task<T>> ask, Func<T, bool> suits)
    {
        var began = Stopwatch.GetTimestamp();
        for (var answer = await ask(); ; answer = await ask())
        {
            if (suits(answer)) return answer;
            Assert.True(Stopwatch.GetElapsedTime(began) < Patience, $"Three minutes went by; the last answer was {answer}\n{Logs()}");
            await Task.Delay(100);
        }
    }

    /// <summary>What a process shows, in a format of its own choice unless one is asked for.</summary>
    public async Task<string> Scrape(Uri management, string accept = "text/plain")
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(management, "/metrics"));
        request.Headers.TryAddWithoutValidation("Accept", accept);
        using var answer = await http.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, $"{management} answers {(int)answer.StatusCode}: {text}\n{Logs()}");
        return text;
    }

    public async Task<int> WithoutToken(string route)
    {
        using var answer = await http.GetAsync(new Uri(Address, route));
        return (int)answer.StatusCode;
    }

    public string Logs() => string.Join('\n', Directory.GetFiles(Folder, "*.log").Select(log => $"--- {log}\n{string.Join('\n', File.ReadLines(log).TakeLast(40))}"));

    public async ValueTask DisposeAsync()
    {
        api?.Dispose();
        http.Dispose();
        foreach (var process in processes)
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
            process.Dispose();
        }

        Sweep(Folder);
    }

    private void Run(string project, string[] arguments, params (string Name, string Value)[] environment)
    {
        // The programs of the same build: their folders lie beside this one's. The shell becomes the program, which keeps its process id.
        var program = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", project, Path.GetFileName(AppContext.BaseDirectory.TrimEnd('/')), $"ViViT.{project}"));
        var start = new ProcessStartInfo("/bin/sh", ["-c", "log=$1; shift; exec \"$@\" >>\"$log\" 2>&1 </dev/null", "sh", Path.Combine(Folder, $"{project}.log"), program, .. arguments]) { WorkingDirectory = Folder };
        foreach (var ambient in start.Environment.Keys.Where(name => name.StartsWith("VIVIT_", StringComparison.Ordinal) || name.StartsWith("OTEL_", StringComparison.Ordinal)).ToList()) start.Environment.Remove(ambient);
        foreach (var (name, value) in environment.Append(("VIVIT_TOKEN_FILE", TokenFile))) start.Environment[name] = value;
        processes.Add(Process.Start(start)!);
    }

    private Task<bool> UntilReady(Uri management) => Until(
        async () =>
        {
            Assert.False(processes[^1].HasExited, Logs());
            try
            {
                using var answer = await http.GetAsync(new Uri(management, "/health/ready"));
                return answer.IsSuccessStatusCode;
            }
            catch (HttpRequestException)
            {
                return false; // not listening yet
            }
        },
        ready => ready);

    private static Uri FreeAddress() => new(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{FreePort.Find()}"));

    private static string Text(Uri address) => address.GetLeftPart(UriPartial.Authority);

    // Folders are named after the process that made them; one that was killed left its programs behind.
    private static void SweepLeftovers()
    {
        foreach (var left in Directory.GetDirectories("/tmp", FolderPrefix + "*"))
        {
            if (!Directory.Exists($"/proc/{Path.GetFileName(left)[FolderPrefix.Length..].Split('-')[0]}")) Sweep(left);
        }
    }

    private static void Sweep(string folder)
    {
        foreach (var process in Processes.WithEnvironment($"={folder}/")) Processes.Signal(process, Signal.Kill);
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            // it is gone, another process sweeps it in the same moment, or it is another user's
        }
    }
}
