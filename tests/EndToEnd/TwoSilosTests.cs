using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using ViViT.Contracts.Wire;
using ViViT.TestKit;

namespace ViViT.EndToEnd.Tests;

/// <summary>
/// Two silos over one database behind one address. They are no Orleans cluster: each has its own activation of every grain, which is more than a cluster's silos
/// ever disagree, and the rows keep them in step all the same.
/// </summary>
public sealed class TwoSilosTests
{
    private const string Sweep = """
        {"name": "two-silos", "experiment": {"data": {"name": "shapes3d", "limit": 96}, "model": {"width": 32, "layers": 2, "heads": 2},
          "training": {"epochs": 40, "batch_size": 16, "log_every_steps": 5, "checkpoint_every_steps": 50}},
         "grid": {"training.learning_rate": [0.001, 0.0003]}}
        """;

    [Fact]
    public async Task Pulling_one_silo_away_in_the_middle_changes_nothing_for_what_trains()
    {
        await using var database = await PostgresServer.CreateDatabase();
        var folder = Directory.CreateTempSubdirectory("vivit-two-").FullName;
        using var first = Silo(database, folder, FreePort.Find(), out var one);
        using var second = Silo(database, folder, FreePort.Find(), out var other);
        await using var door = new Door(one, other);
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = new Uri($"http://{door.Address}") };
        await Until(() => Ready(one), folder);
        await Until(() => Ready(other), folder);
        http.DefaultRequestHeaders.Authorization = new("Bearer", (await File.ReadAllTextAsync(Path.Combine(folder, "token"))).Trim());
        using var worker = Start("Worker", ["agent"], folder, "worker", ("VIVIT_SERVER", $"http://{door.Address}"), ("VIVIT_SLOTS", "1"), ("VIVIT_DEVICE", "cpu"),
            ("VIVIT_DATA", folder), ("VIVIT_CHECKPOINTS", Path.Combine(folder, "checkpoints")));

        using var answer = await http.PostAsync(new Uri(Routes.Sweeps, UriKind.Relative), new StringContent(Sweep, Encoding.UTF8, "application/json"));
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        await Until(async () => await database.Scalar<long>("select count(*) from experiment_attempt where step > 0 and ended_at is null") == 1, folder);
        first.Kill();
        await Until(async () => await database.Scalar<string>("select state from sweep") != "running", folder);

        Assert.Equal("succeeded", await database.Scalar<string>("select state from sweep"));
        Assert.Equal("1 1,1 1", await database.Scalar<string>("select string_agg(attempt || ' ' || fence, ',' order by id) from experiment where state = 'succeeded'"));
        Assert.Equal(0, await database.Scalar<long>("select count(*) from experiment_attempt where outcome <> 'succeeded'"));
        Assert.Equal(2, await database.Scalar<long>("select count(distinct experiment_id) from run_curve where step = (select max(step) from experiment_attempt)"));
        using var listed = JsonDocument.Parse(await http.GetStringAsync(new Uri(Routes.Sweeps, UriKind.Relative)));
        Assert.Equal("succeeded", listed.RootElement[0].GetProperty("state").GetString());
        foreach (var process in (Process[])[worker, second])
        {
            process.Kill();
            await process.WaitForExitAsync();
        }

        foreach (var trainer in Processes.WithEnvironment($"={folder}/")) Processes.Signal(trainer, Signal.Kill);
        await Until(() => Task.FromResult(Processes.WithEnvironment($"={folder}/").Count == 0), folder);
        Directory.Delete(folder, recursive: true);
    }

    private static Process Silo(TestDatabase database, string folder, int port, out IPEndPoint address)
    {
        address = new(IPAddress.Loopback, port);
        return Start("Silo", [], folder, $"silo-{port.ToString(CultureInfo.InvariantCulture)}", ("VIVIT_POSTGRES", database.ConnectionString), ("VIVIT_LISTEN", $"http://{address}"), ("VIVIT_LEASE_SECONDS", "60"));
    }

    private static Process Start(string project, string[] arguments, string folder, string log, params (string Name, string Value)[] settings)
    {
        var program = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", project, Path.GetFileName(AppContext.BaseDirectory.TrimEnd('/')), $"ViViT.{project}"));
        var start = new ProcessStartInfo("/bin/sh", ["-c", "log=$1; shift; exec \"$@\" >>\"$log\" 2>&1", "sh", Path.Combine(folder, $"{log}.log"), program, .. arguments]);
        foreach (var ambient in start.Environment.Keys.Where(name => name.StartsWith("VIVIT_", StringComparison.Ordinal)).ToList()) start.Environment.Remove(ambient);
        start.Environment["VIVIT_TOKEN_FILE"] = Path.Combine(folder, "token");
        foreach (var (name, value) in settings) start.Environment[name] = value;
        return Process.Start(start)!;
    }

    private static async Task<bool> Ready(IPEndPoint silo)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        try
        {
            using var answer = await http.GetAsync(new Uri($"http://{silo}{Routes.HealthReady}"));
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static async Task Until(Func<Task<bool>> reached, string folder)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (!await reached())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(began) < TimeSpan.FromMinutes(3),
                $"three minutes without getting there\n{string.Join('\n', Directory.GetFiles(folder, "*.log").Select(log => $"--- {log}\n{string.Join('\n', File.ReadLines(log).TakeLast(30))}"))}");
            await Task.Delay(100);
        }
    }

    /// <summary>One address for several silos: each connection goes to the first that takes it, as a Kubernetes Service leads past those that are gone.</summary>
    private sealed class Door : IAsyncDisposable
    {
        private readonly TcpListener listener = new(IPAddress.Loopback, 0);
        private readonly IPEndPoint[] silos;
        private readonly Task serving;

        public Door(params IPEndPoint[] silos)
        {
            this.silos = silos;
            listener.Start();
            serving = Serve();
        }

        public EndPoint Address => listener.LocalEndpoint;

        public async ValueTask DisposeAsync()
        {
            listener.Dispose();
            await serving;
        }

        private async Task Serve()
        {
            try
            {
                while (true) _ = Lead(await listener.AcceptTcpClientAsync());
            }
            catch (Exception closed) when (closed is SocketException or ObjectDisposedException)
            {
                // The door is shut.
            }
        }

        private async Task Lead(TcpClient client)
        {
            using (client)
            {
                foreach (var silo in silos)
                {
                    using var onwards = new TcpClient();
                    try
                    {
                        await onwards.ConnectAsync(silo);
                    }
                    catch (SocketException)
                    {
                        continue; // the next one
                    }

                    await Task.WhenAny(Copy(client, onwards), Copy(onwards, client));
                    return;
                }
            }
        }

        private static async Task Copy(TcpClient from, TcpClient to)
        {
            try
            {
                await from.GetStream().CopyToAsync(to.GetStream());
            }
            catch (Exception broken) when (broken is IOException or ObjectDisposedException or InvalidOperationException)
            {
                // One side is gone: the other is let go.
            }
        }
    }
}
