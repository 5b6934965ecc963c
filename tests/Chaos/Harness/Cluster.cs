using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Npgsql;
using ViViT.Contracts.Wire;
using ViViT.TestKit;

namespace ViViT.Chaos;

/// <summary>A silo, its database and two agents with one slot each, all real processes with links of ours between them.</summary>
internal sealed class Cluster : IAsyncDisposable
{
    public const int AgentCount = 2;
    public static readonly TimeSpan LeaseTerm = TimeSpan.FromSeconds(3);

    private const string FolderPrefix = "vivit-chaos-run-";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TestDatabase database;
    private readonly Lock gate = new();
    private readonly long began = TimeProvider.System.GetTimestamp();
    private readonly HttpClient http;
    private bool ended;

    private Cluster(string folder, PostgresServer postgres, TestDatabase database, Uri address, IReadOnlyList<WorkerLink> links)
    {
        (Folder, Postgres, this.database, Links) = (folder, postgres, database, links);
        DatabaseLink = new(Path.Combine(folder, "database"), postgres.Folder);
        var name = new NpgsqlConnectionStringBuilder(database.ConnectionString).Database;
        Silo = new(Program("Silo"), [], Environment(
            ("VIVIT_POSTGRES", $"Host={Path.Combine(folder, "database")};Username=vivit;Database={name}"), ("VIVIT_LISTEN", address.GetLeftPart(UriPartial.Authority)),
            ("VIVIT_LEASE_SECONDS", LeaseTerm.TotalSeconds.ToString(CultureInfo.InvariantCulture))), Path.Combine(folder, "silo.log"));
        Agents = [.. links.Select((link, agent) => new Supervised(Program("Worker"), ["agent"], Environment(
            ("VIVIT_SERVER", link.Address.GetLeftPart(UriPartial.Authority)), ("VIVIT_WORKER", $"agent-{agent}"), ("VIVIT_DEVICE", "cpu"), ("VIVIT_SLOTS", "1"),
            ("VIVIT_DATA", Path.Combine(folder, "data")), ("VIVIT_CHECKPOINTS", Checkpoints)), Path.Combine(folder, $"agent-{agent}.log")))];
        http = new(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = address, Timeout = TimeSpan.FromMinutes(1) };

        Dictionary<string, string> Environment(params (string Name, string Value)[] own) =>
            own.Append(("VIVIT_TOKEN_FILE", TokenFile)).ToDictionary(variable => variable.Item1, variable => variable.Item2);
    }

    /// <summary>Logs and checkpoints.</summary>
    public string Folder { get; }

    public string Checkpoints => Path.Combine(Folder, "checkpoints");

    public PostgresServer Postgres { get; }

    public DatabaseLink DatabaseLink { get; }

    public Supervised Silo { get; }

    public IReadOnlyList<Supervised> Agents { get; }

    /// <summary>Each agent's way to the silo.</summary>
    public IReadOnlyList<WorkerLink> Links { get; }

    /// <summary>Where logs and checkpoints go when this is disposed of; deleted when null.</summary>
    public string? Keep { get; set; }

    private string TokenFile => Path.Combine(Folder, "token");

    /// <summary>A server that remembers what it acknowledged when it crashes, though not when the machine does.</summary>
    public static Task<PostgresServer> StartDatabase() => PostgresServer.StartOwn("-c fsync=off -c full_page_writes=off -c max_connections=200");

    /// <summary>Starts everything on a fresh database and waits until all agents are known.</summary>
    /// <param name="seed">Of the links' noise.</param>
    public static async Task<Cluster> Start(PostgresServer postgres, int seed)
    {
        SweepLeftovers();
        var database = await postgres.NewDatabase();
        var folder = Directory.CreateDirectory($"/tmp/{FolderPrefix}{System.Environment.ProcessId}-{Guid.NewGuid().ToString("n")[..6]}").FullName;
        var address = new Uri($"http://127.0.0.1:{FreePort.Find()}");
        var links = await Task.WhenAll(Enumerable.Range(0, AgentCount).Select(agent => WorkerLink.Open(address, unchecked((seed * AgentCount) + agent))));
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Sweep(folder);
        var cluster = new Cluster(folder, postgres, database, address, links);
        try
        {
            await cluster.Until("all agents are known", Patience, async () =>
                await cluster.TryCount("select count(*) from worker") == AgentCount && File.Exists(cluster.TokenFile));
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>Hands a sweep to the silo, past all links.</summary>
    /// <param name="sweep">A sweep as JSON.</param>
    /// <returns>Its id.</returns>
    public async Task<long> Submit(string sweep)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, Routes.Sweeps) { Content = new StringContent(sweep, Encoding.UTF8, "application/json") };
        message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", (await File.ReadAllTextAsync(TokenFile)).Trim());
        using var answer = await http.SendAsync(message);
        var text = await answer.Content.ReadAsStringAsync();
        if (!answer.IsSuccessStatusCode) throw new ChaosException($"The silo takes no sweep: {(int)answer.StatusCode} {text}\n{Logs()}");
        using var status = JsonDocument.Parse(text);
        return status.RootElement.GetProperty("id").GetInt64();
    }

    /// <summary>A connection to the rows, past the link.</summary>
    public async Task<NpgsqlConnection> Rows()
    {
        var rows = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(database.ConnectionString) { Pooling = false }.ConnectionString);
        await rows.OpenAsync();
        return rows;
    }

    /// <summary>What the query counts; null while the database is away.</summary>
    public async Task<long?> TryCount(string sql)
    {
        try
        {
            await using var rows = await Rows();
            await using var command = new NpgsqlCommand(sql, rows);
            return (long)(await command.ExecuteScalarAsync())!;
        }
        catch (Exception fault) when (IsAway(fault))
        {
            return null;
        }
    }

    /// <summary>Whether the database could not be asked, rather than asked something wrong.</summary>
    public static bool IsAway(Exception fault) => fault is IOException or (NpgsqlException and not PostgresException) or PostgresException { SqlState: ['5' or '0', ..] };

    /// <summary>A number that changes when something is trained, granted or ended; null while the database is away.</summary>
    public Task<long?> TryProgress() => TryCount("select coalesce(sum(step + coalesce(hashtext(outcome), 0)::bigint), 0)::bigint + 1000000007 * count(*) from experiment_attempt");

    /// <summary>Ends waits after failures, which grow to minutes, after a second at most; does nothing while the database is away.</summary>
    public Task CutWaits() => TryCount("""
        with cut as (update experiment set ready_at = clock_timestamp() + interval '1 second' where ready_at > clock_timestamp() + interval '1 second' returning id) select count(*) from cut
        """);

    /// <exception cref="ChaosException">It is not so within the patience.</exception>
    public async Task Until(string what, TimeSpan patience, Func<Task<bool>> reached)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (!await reached())
        {
            if (TimeProvider.System.GetElapsedTime(start) > patience) throw new ChaosException($"Not within {patience.TotalSeconds:0} s: {what}\n{Logs()}");
            await Task.Delay(200);
        }
    }

    /// <summary>Writes a line into the cluster's own log.</summary>
    public void Note(string line)
    {
        lock (gate)
        {
            File.AppendAllText(Path.Combine(Folder, "chaos.log"), FormattableString.Invariant($"{TimeProvider.System.GetUtcNow():HH:mm:ss.fff} {TimeProvider.System.GetElapsedTime(began).TotalSeconds,6:0.0} s {line}\n"));
        }
    }

    /// <summary>Lines that only a bug writes.</summary>
    public IReadOnlyList<string> Bugs() =>
        [.. LogFiles().SelectMany(log => File.ReadLines(log).Where(line => line.Contains(" crit: ", StringComparison.Ordinal)).Select(line => $"{Path.GetFileName(log)}: {line}"))];

    /// <summary>The end of every log.</summary>
    public string Logs() => string.Join('\n', LogFiles().Select(log => $"--- {log}\n{string.Join('\n', File.ReadLines(log).TakeLast(40))}"));

    /// <summary>Ends every process but the database's; the rows stay.</summary>
    public async Task EndProcesses()
    {
        if (ended) return;
        ended = true;
        foreach (var agent in Agents) await agent.DisposeAsync();
        await Silo.DisposeAsync();
        KillAll(Folder);
    }

    public async ValueTask DisposeAsync()
    {
        await EndProcesses();
        foreach (var link in Links) await link.DisposeAsync();
        await DatabaseLink.DisposeAsync();
        await database.DisposeAsync();
        http.Dispose();
        if (Keep is null) Directory.Delete(Folder, recursive: true);
        else Directory.Move(Folder, Keep);
    }

    private IEnumerable<string> LogFiles() => Directory.GetFiles(Folder, "*.log").Order(StringComparer.Ordinal);

    // The programs of the same build: their folders lie beside this one's.
    private static string Program(string project)
    {
        var configuration = Path.GetFileName(AppContext.BaseDirectory.TrimEnd('/'));
        return Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", project, configuration, $"ViViT.{project}"));
    }

    // Trainers survive their agent's death for a moment; all of them have the token's path in their environment.
    private static void KillAll(string folder)
    {
        foreach (var process in Processes.WithEnvironment($"={folder}/")) Processes.Signal(process, Signal.Kill);
    }

    // Folders are named after the process that made them; one that was killed left its programs behind.
    private static void SweepLeftovers()
    {
        foreach (var left in Directory.GetDirectories("/tmp", FolderPrefix + "*"))
        {
            if (Directory.Exists($"/proc/{Path.GetFileName(left)[FolderPrefix.Length..].Split('-')[0]}")) continue;
            Sweep(left);
        }
    }

    private static void Sweep(string folder)
    {
        KillAll(folder);
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            // It is gone, another process sweeps it in the same moment, or it is another user's.
        }
    }
}

/// <summary>The cluster does not get where it must.</summary>
internal sealed class ChaosException(string message) : Exception(message);
