using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Npgsql;
using ViViT.Contracts;
using ViViT.Contracts.Wire;

namespace ViViT.EndToEnd.Tests;

/// <summary>A local stack of its own in a folder of its own, spoken to by the real command line.</summary>
internal sealed class Stack : IAsyncDisposable
{
    private static readonly string Program = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "Cli", Path.GetFileName(AppContext.BaseDirectory.TrimEnd('/')), "vivit"));

    // Short: the database's socket lives below it.
    public string Folder { get; } = Directory.CreateDirectory($"/tmp/vivit-e2e-{Guid.NewGuid().ToString("n")[..8]}").FullName;

    public Dictionary<string, string> Environment { get; } = [];

    /// <summary>The private database's rows; open only while the stack is up.</summary>
    public NpgsqlConnection Rows() => new($"Host={Path.Combine(Folder, "postgres", "run")};Username=vivit;Database=vivit;Pooling=false");

    public string Write(string name, string text)
    {
        var path = Path.Combine(Folder, name);
        File.WriteAllText(path, text);
        return path;
    }

    public Process Start(params string[] arguments)
    {
        var start = new ProcessStartInfo(Program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Folder };
        start.Environment["VIVIT_STATE"] = Folder;
        start.Environment["VIVIT_LEASE_SECONDS"] = "3";
        foreach (var ambient in (string[])["VIVIT_SERVER", "VIVIT_POSTGRES", "VIVIT_TOKEN_FILE"]) start.Environment.Remove(ambient);
        foreach (var (name, value) in Environment) start.Environment[name] = value;
        return Process.Start(start)!;
    }

    public async Task<Result> Run(params string[] arguments)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(4));
        using var process = Start(arguments);
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(patience.Token), process.StandardError.ReadToEndAsync(patience.Token));
        await process.WaitForExitAsync(patience.Token);
        return new(process.ExitCode, await output, await errors);
    }

    /// <summary>Runs and expects exit code 0.</summary>
    public async Task<Result> Do(params string[] arguments)
    {
        var result = await Run(arguments);
        Assert.True(result.ExitCode == 0, $"vivit {string.Join(' ', arguments)} ended with {result.ExitCode}\n{result.Output}\n{result.Errors}\n{Logs()}");
        return result;
    }

    /// <summary>Null while the control plane is away.</summary>
    public async Task<SweepStatus?> TryStatus(SweepId sweep)
    {
        var result = await Run("sweep", "status", $"{sweep}", "-o", "json");
        if (result.ExitCode != 0) return null;
        using var document = JsonDocument.Parse(result.Output);
        return document.RootElement.GetProperty("sweep").Deserialize<SweepStatus>(ContractsJson.Options)!;
    }

    /// <summary>Process ids of a part of the stack: <c>silo</c>, <c>worker</c>, <c>postgres</c>, or the worker's <c>trainer</c>s.</summary>
    public IReadOnlyList<int> Pids(string part)
    {
        if (part == "trainer") return [.. Pids("worker").SelectMany(ChildrenOf)];
        var file = Path.Combine(Folder, $"{part}.pid");
        return File.Exists(file) ? [int.Parse(File.ReadAllText(file).Split(' ')[0], CultureInfo.InvariantCulture)] : [];
    }

    /// <summary>Waits for it, three minutes at most.</summary>
    public async Task Until(Func<Task<bool>> reached)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (!await reached())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(began) < TimeSpan.FromMinutes(3), $"three minutes without getting there\n{Logs()}");
            await Task.Delay(200);
        }
    }

    /// <summary>A zombie that nobody has waited for yet is dead.</summary>
    public static bool IsAlive(int pid) => File.Exists($"/proc/{pid}/stat") && File.ReadAllText($"/proc/{pid}/stat") is var stat && stat[stat.LastIndexOf(')') + 2] is not ('Z' or 'X');

    public static void Kill9(int pid) => Process.Start("kill", ["-9", $"{pid}"]).WaitForExit();

    public string Logs() => string.Join('\n', (Directory.Exists(Path.Combine(Folder, "logs")) ? Directory.GetFiles(Path.Combine(Folder, "logs"), "*.log") : []).Select(log => $"--- {log}\n{string.Join('\n', File.ReadLines(log).TakeLast(30))}"));

    public async ValueTask DisposeAsync()
    {
        await Run("down");
        Directory.Delete(Folder, recursive: true);
    }

    private static IEnumerable<int> ChildrenOf(int parent)
    {
        foreach (var folder in Directory.GetDirectories("/proc").Where(folder => int.TryParse(Path.GetFileName(folder), out _)))
        {
            string stat;
            try
            {
                stat = File.ReadAllText(Path.Combine(folder, "stat"));
            }
            catch (IOException)
            {
                continue; // it ended meanwhile
            }

            if (int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1], CultureInfo.InvariantCulture) == parent) yield return int.Parse(Path.GetFileName(folder), CultureInfo.InvariantCulture);
        }
    }

    internal sealed record Result(int ExitCode, string Output, string Errors);
}
