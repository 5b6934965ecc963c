using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace ViViT.TestKit;

/// <summary>A real Prometheus for one test: own folder, loopback only, ended with its test. What a killed process left behind the next one sweeps away.</summary>
public sealed class PrometheusServer : IAsyncDisposable
{
    private const string FolderPrefix = "vivit-test-prometheus-";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly Process process;
    private readonly HttpClient http;

    private PrometheusServer(Process process, string folder, Uri address)
    {
        (this.process, Folder, Address) = (process, folder, address);
        http = new HttpClient { BaseAddress = address };
        AppDomain.CurrentDomain.ProcessExit += EndWithUs;
    }

    public Uri Address { get; }

    /// <summary>Its configuration, data and log.</summary>
    public string Folder { get; }

    /// <param name="configuration">Its prometheus.yml; rule files are named by absolute paths.</param>
    public static async Task<PrometheusServer> Start(string configuration)
    {
        SweepLeftovers();
        for (var attempt = 1; ; attempt++)
        {
            var server = await Launch(configuration);
            if (await server.IsReady()) return server;
            var log = await File.ReadAllTextAsync(Path.Combine(server.Folder, "log"));
            await server.DisposeAsync();

            // Another program may have taken the port since it was found free.
            if (attempt == 3 || !log.Contains("address already in use", StringComparison.Ordinal)) throw new InvalidOperationException($"Prometheus did not start:\n{log}");
        }
    }

    /// <summary>The series that an expression gives now.</summary>
    public async Task<IReadOnlyList<PrometheusSample>> Query(string expression)
    {
        using var answer = await Get($"/api/v1/query?query={Uri.EscapeDataString(expression)}");
        return [.. answer.RootElement.GetProperty("data").GetProperty("result").EnumerateArray().Select(series => new PrometheusSample(
            series.GetProperty("metric").EnumerateObject().ToDictionary(label => label.Name, label => label.Value.GetString()!),
            double.Parse(series.GetProperty("value")[1].GetString()!.Replace("+Inf", "Infinity", StringComparison.Ordinal), CultureInfo.InvariantCulture)))];
    }

    /// <summary>Every target that has been scraped: its labels, whether that worked, and what was wrong.</summary>
    public async Task<IReadOnlyList<PrometheusTarget>> Targets()
    {
        using var answer = await Get("/api/v1/targets");
        return [.. answer.RootElement.GetProperty("data").GetProperty("activeTargets").EnumerateArray().Where(target => target.GetProperty("health").GetString() != "unknown")
            .Select(target => new PrometheusTarget(target.GetProperty("labels").GetProperty("job").GetString()!, target.GetProperty("health").GetString() == "up", target.GetProperty("lastError").GetString()!))];
    }

    /// <summary>Any answer of its API.</summary>
    public async Task<JsonDocument> Get(string path)
    {
        using var answer = await http.GetAsync(new Uri(path, UriKind.Relative));
        var body = await answer.Content.ReadAsStringAsync();
        return answer.IsSuccessStatusCode ? JsonDocument.Parse(body) : throw new InvalidOperationException($"Prometheus refused {path}: {body}");
    }

    /// <summary>Asks until the answer suits.</summary>
    public static async Task<T> Until<T>(Func<Task<T>> ask, Func<T, bool> suits)
    {
        var since = Stopwatch.GetTimestamp();
        for (var answer = await ask(); ; answer = await ask())
        {
            if (suits(answer)) return answer;
            if (Stopwatch.GetElapsedTime(since) > Patience) throw new TimeoutException($"Two minutes went by; the last answer was {JsonSerializer.Serialize(answer)}");
            await Task.Delay(100);
        }
    }

    public void Kill() => process.Kill();

    public async ValueTask DisposeAsync()
    {
        AppDomain.CurrentDomain.ProcessExit -= EndWithUs;
        http.Dispose();
        if (!process.HasExited) process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    private void EndWithUs(object? sender, EventArgs e) => process.Kill();

    private static async Task<PrometheusServer> Launch(string configuration)
    {
        var folder = $"/tmp/{FolderPrefix}{Environment.ProcessId}-{Guid.NewGuid().ToString("n")[..6]}";
        Directory.CreateDirectory(folder);
        await File.WriteAllTextAsync(Path.Combine(folder, "prometheus.yml"), configuration);
        var address = new Uri($"http://127.0.0.1:{FreePort.Find()}");
        const string Run = "exec prometheus --config.file=prometheus.yml --storage.tsdb.path=data --web.listen-address=\"$1\" --log.level=info >log 2>&1";
        var process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", Run, "sh", address.Authority]) { WorkingDirectory = folder })!;
        await File.WriteAllTextAsync(Path.Combine(folder, "pid"), process.Id.ToString(CultureInfo.InvariantCulture));
        return new PrometheusServer(process, folder, address);
    }

    // False when it ended instead.
    private async Task<bool> IsReady()
    {
        while (!process.HasExited)
        {
            try
            {
                using var answer = await http.GetAsync(new Uri("/-/ready", UriKind.Relative));
                if (answer.IsSuccessStatusCode) return true;
            }
            catch (HttpRequestException)
            {
                // it does not listen yet
            }

            await Task.Delay(50);
        }

        return false;
    }

    private static void SweepLeftovers()
    {
        foreach (var left in Directory.GetDirectories("/tmp", FolderPrefix + "*"))
        {
            if (Directory.Exists($"/proc/{Path.GetFileName(left)[FolderPrefix.Length..].Split('-')[0]}")) continue;
            try
            {
                var pid = Path.Combine(left, "pid");
                if (File.Exists(pid) && int.TryParse(File.ReadAllText(pid), out var server) && new FileInfo($"/proc/{server}/cwd").LinkTarget == left) Process.GetProcessById(server).Kill();
                Directory.Delete(left, recursive: true);
            }
            catch (Exception gone) when (gone is IOException or UnauthorizedAccessException or ArgumentException or InvalidOperationException)
            {
                // another process swept it in the same moment, or it is another user's
            }
        }
    }
}

/// <summary>One series of an answer.</summary>
public sealed record PrometheusSample(IReadOnlyDictionary<string, string> Labels, double Value);

/// <summary>What became of a target's last scrape.</summary>
public sealed record PrometheusTarget(string Job, bool Up, string Error);
