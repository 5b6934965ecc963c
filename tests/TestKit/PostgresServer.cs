using System.Diagnostics;
using System.Globalization;
using Npgsql;
using ViViT.Storage;

namespace ViViT.TestKit;

/// <summary>
/// One private PostgreSQL for the whole test process: own folder, unix socket only, no fsync. Each test takes a database of its own from it,
/// copied from a migrated template. It ends with the process; what a killed process left behind is swept away by the next one.
/// </summary>
public sealed class PostgresServer
{
    private const string FolderPrefix = "vivit-test-pg-";
    private const string Forgetful = "-c fsync=off -c full_page_writes=off -c synchronous_commit=off -c max_connections=200";

    private static readonly Lazy<Task<PostgresServer>> Shared = new(() => Start("shared", Forgetful));
    private static int databases;

    private readonly string folder;
    private readonly string programs;
    private readonly string settings;

    private PostgresServer(string folder, string programs, string settings) => (this.folder, this.programs, this.settings) = (folder, programs, settings);

    /// <summary>Where its socket is.</summary>
    public string Folder => folder;

    private string DataFolder => Path.Combine(folder, "data");

    /// <summary>A fresh database with the current schema, from the shared server.</summary>
    public static async Task<TestDatabase> CreateDatabase() => await (await Shared.Value).NewDatabase("template_vivit");

    /// <summary>A fresh database without any schema, from the shared server.</summary>
    public static async Task<TestDatabase> CreateEmptyDatabase() => await (await Shared.Value).NewDatabase("template1");

    /// <summary>A server for one test that wants to stop and kill it, or for a benchmark.</summary>
    /// <param name="settings">In the form <c>-c name=value …</c>; by default those that make it fast and forgetful.</param>
    public static async Task<PostgresServer> StartOwn(string settings = Forgetful) => await Start("own", settings);

    /// <summary>A fresh migrated database on this server.</summary>
    public Task<TestDatabase> NewDatabase() => NewDatabase("template_vivit");

    public void Restart()
    {
        Control("start");
    }

    /// <summary>Cuts every client off; everything committed stays.</summary>
    public void Stop() => Control("stop", "-m", "fast");

    /// <summary>Ends it without a checkpoint, as a crash would: the next start recovers from the log.</summary>
    public void Crash() => Control("stop", "-m", "immediate");

    private async Task<TestDatabase> NewDatabase(string template)
    {
        var name = $"test_{Interlocked.Increment(ref databases)}";
        await using var admin = NpgsqlDataSource.Create(ConnectionString("postgres", pooling: false));
        await using var create = admin.CreateCommand($"create database {name} template {template}");
        await create.ExecuteNonQueryAsync();
        return new TestDatabase(ConnectionString(name, pooling: true), ConnectionString("postgres", pooling: false));
    }

    private static async Task<PostgresServer> Start(string kind, string settings)
    {
        SweepLeftovers();
        var programs = Programs();
        var folder = $"/tmp/{FolderPrefix}{Environment.ProcessId}-{kind}-{Guid.NewGuid().ToString("n")[..6]}";
        Directory.CreateDirectory(folder);
        if (Environment.IsPrivilegedProcess) Run("chown", "postgres:", folder);

        var server = new PostgresServer(folder, programs, settings);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => server.Remove();
        server.AsServer("initdb", "-D", server.DataFolder, "-U", "vivit", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync", "--no-instructions");
        server.Control("start");

        await using var admin = NpgsqlDataSource.Create(server.ConnectionString("postgres", pooling: false));
        await using (var create = admin.CreateCommand("create database template_vivit")) await create.ExecuteNonQueryAsync();
        await using var template = NpgsqlDataSource.Create(server.ConnectionString("template_vivit", pooling: false));
        await Migrations.Apply(template, log: null, CancellationToken.None);
        return server;
    }

    private void Control(params string[] action) => AsServer("pg_ctl",
        [.. action, "-w", "-s", "-D", DataFolder, "-l", Path.Combine(folder, "log"),
         .. action[0] == "start" ? ["-o", $"-c listen_addresses= -c unix_socket_directories={folder} {settings}"] : (string[])[]]);

    private string ConnectionString(string database, bool pooling) => $"Host={folder};Username=vivit;Database={database};Pooling={pooling};Maximum Pool Size=40;Timeout=5";

    // PostgreSQL refuses to run as root.
    private static string[] ServerUser => Environment.IsPrivilegedProcess ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--"] : [];

    private void AsServer(string program, params string[] arguments)
    {
        string[] command = [.. ServerUser, Path.Combine(programs, program), .. arguments];
        Run(command[0], command[1..]);
    }

    // The newest of those that Debian keeps side by side, else what is in the path.
    private static string Programs()
    {
        const string Debian = "/usr/lib/postgresql";
        var versions = Directory.Exists(Debian)
            ? Directory.GetDirectories(Debian).OrderByDescending(version => double.TryParse(Path.GetFileName(version), CultureInfo.InvariantCulture, out var number) ? number : 0)
            : Enumerable.Empty<string>();
        return versions.Select(version => Path.Combine(version, "bin"))
            .Concat((Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries))
            .FirstOrDefault(programs => File.Exists(Path.Combine(programs, "initdb")) && File.Exists(Path.Combine(programs, "pg_ctl")))
            ?? throw new InvalidOperationException("The tests need PostgreSQL: apt-get install postgresql.");
    }

    // By a process of its own, which nobody waits for: the runner gives its own end ten seconds, and a busy machine needs more for this.
    private void Remove()
    {
        if (!Directory.Exists(folder)) return;
        string[] stop = [.. ServerUser, Path.Combine(programs, "pg_ctl"), "stop", "-m", "immediate", "-w", "-s", "-D", DataFolder];
        using var shell = Process.Start(new ProcessStartInfo("setsid", ["/bin/sh", "-c", "folder=$1; shift; \"$@\"; rm -rf \"$folder\"", "sh", folder, .. stop])
        {
            WorkingDirectory = "/", RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        });
    }

    // Folders are named after the process that made them. Test processes that start together sweep together.
    private static void SweepLeftovers()
    {
        foreach (var left in Directory.GetDirectories("/tmp", FolderPrefix + "*"))
        {
            if (Directory.Exists($"/proc/{Path.GetFileName(left)[FolderPrefix.Length..].Split('-')[0]}")) continue;
            try
            {
                if (ServerOf(left) is { } server) Run("kill", "-9", server);
                Directory.Delete(left, recursive: true);
            }
            catch (Exception gone) when (gone is InvalidOperationException or IOException)
            {
                // another process swept it in the same moment
            }
            catch (UnauthorizedAccessException)
            {
                // another user's: theirs to sweep
            }
        }
    }

    // Null when it runs no more; its number may be another process's by now.
    private static string? ServerOf(string left)
    {
        var file = Path.Combine(left, "data", "postmaster.pid");
        if (!File.Exists(file) || File.ReadLines(file).FirstOrDefault() is not { Length: > 0 } process) return null;
        var command = $"/proc/{process}/cmdline";
        return File.Exists(command) && File.ReadAllText(command).Contains(left, StringComparison.Ordinal) ? process : null;
    }

    private static void Run(string program, params string[] arguments)
    {
        // Output goes to no pipe: the server would inherit it and keep it open.
        var start = new ProcessStartInfo("/bin/sh", ["-c", "exec \"$@\" >/dev/null", "sh", program, .. arguments]) { WorkingDirectory = "/" };
        using var process = Process.Start(start)!;
        process.WaitForExit();
        if (process.ExitCode != 0) throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}");
    }
}

/// <summary>A database of one test, dropped at its end.</summary>
public sealed class TestDatabase : IAsyncDisposable
{
    private readonly string server;

    internal TestDatabase(string connectionString, string server)
    {
        (ConnectionString, this.server) = (connectionString, server);
        Source = NpgsqlDataSource.Create(connectionString);
    }

    public string ConnectionString { get; }

    public NpgsqlDataSource Source { get; }

    public async Task<T> Scalar<T>(string sql)
    {
        await using var command = Source.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    public async Task Execute(string sql)
    {
        await using var command = Source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Source.DisposeAsync();
        try
        {
            await using var admin = NpgsqlDataSource.Create(server);
            await using var drop = admin.CreateCommand($"drop database if exists {new NpgsqlConnectionStringBuilder(ConnectionString).Database} with (force)");
            await drop.ExecuteNonQueryAsync();
        }
        catch (NpgsqlException away) when (away.IsTransient)
        {
            // its test stopped the server, which takes the database with it
        }
    }
}
