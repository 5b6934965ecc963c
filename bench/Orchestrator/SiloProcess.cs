using System.Diagnostics;
using System.Globalization;
using ViViT.Contracts.Wire;
using ViViT.TestKit;

namespace ViViT.Bench.Orchestrator;

/// <summary>The silo as a process of its own, its log in a file as <c>vivit</c> keeps it.</summary>
internal sealed class SiloProcess : IAsyncDisposable
{
    // Leases outlive every part: what is measured is work, not the time that somebody lets pass.
    private const string LeaseSeconds = "3600";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly string folder = Directory.CreateTempSubdirectory("vivit-bench-").FullName;
    private readonly Process process;

    private SiloProcess(string postgres)
    {
        Address = new Uri($"http://127.0.0.1:{FreePort.Find()}");
        var start = new ProcessStartInfo("/bin/sh", ["-c", "exec dotnet \"$0\" >\"$1\" 2>&1", Path.Combine(AppContext.BaseDirectory, "ViViT.Silo.dll"), LogFile]);
        foreach (var ambient in start.Environment.Keys.Where(name => name.StartsWith("VIVIT_", StringComparison.Ordinal)).ToList())
        {
            start.Environment.Remove(ambient);
        }

        start.Environment["VIVIT_POSTGRES"] = postgres;
        start.Environment["VIVIT_LISTEN"] = Address.GetLeftPart(UriPartial.Authority);
        start.Environment["VIVIT_TOKEN_FILE"] = Path.Combine(folder, "token");
        start.Environment["VIVIT_LEASE_SECONDS"] = LeaseSeconds;
        start.Environment["VIVIT_REQUESTS_PER_SECOND"] = "1000000"; // all of its workers show one token
        process = Process.Start(start)!;
        AppDomain.CurrentDomain.ProcessExit += EndWithUs;
    }

    public int Id => process.Id;

    public Uri Address { get; }

    public string Token => File.ReadAllText(Path.Combine(folder, "token")).Trim();

    /// <summary>The end of its log but for the news of single experiments.</summary>
    public string LastWords => string.Join('\n', File.ReadLines(LogFile).Where(line => !line.Contains(" Experiment ", StringComparison.Ordinal)).TakeLast(20));

    private string LogFile => Path.Combine(folder, "log");

    public static async Task<SiloProcess> Start(string postgres)
    {
        var silo = new SiloProcess(postgres);
        try
        {
            await silo.UntilReady();
            return silo;
        }
        catch
        {
            await silo.DisposeAsync();
            throw;
        }
    }

    /// <summary>Resident memory in bytes: now, and the most so far.</summary>
    public (long Now, long Peak) Memory()
    {
        var lines = File.ReadAllLines($"/proc/{Id}/status");
        return (Of("VmRSS:"), Of("VmHWM:"));
        long Of(string name) => 1024 * long.Parse(lines.Single(line => line.StartsWith(name, StringComparison.Ordinal)).Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
    }

    public async ValueTask DisposeAsync()
    {
        AppDomain.CurrentDomain.ProcessExit -= EndWithUs;
        if (!process.HasExited) process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private void EndWithUs(object? sender, EventArgs e) => process.Kill();

    private async Task UntilReady()
    {
        using var client = new HttpClient { BaseAddress = Address };
        for (var start = Stopwatch.GetTimestamp(); ; await Task.Delay(20))
        {
            if (process.HasExited || Stopwatch.GetElapsedTime(start) > Patience)
            {
                throw new InvalidOperationException($"The silo did not become ready:\n{await File.ReadAllTextAsync(LogFile)}");
            }

            try
            {
                using var answer = await client.GetAsync(Routes.HealthReady);
                if (answer.IsSuccessStatusCode) return;
            }
            catch (HttpRequestException)
            {
                // not listening yet
            }
        }
    }
}
