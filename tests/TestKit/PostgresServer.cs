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
    private static readonly Lazy<Task<PostgresServer>> Shared = new(() => Start("shared"));
    private static int databases;

    private readonly string folder;
    private readonly string programs;

    private PostgresServer(string folder, string programs) => (this.folder, this.programs) = (folder, programs);

    private string DataFolder => Path.Combine(folder, "data");

    /// <summary>A fresh database with the current schema, from the shared server.</summary>
    public static async Task<TestDatabase> CreateDatabase() => await (await Shared.Value).NewDatabase("template_vivit");

    /// <summary>A fresh database without any schema, from the shared server.</summary>
    public static async Task<TestDatabase> CreateEmptyDatabase() => await (await Shared.Value).NewDatabase("template1");

    /// <summary>A server for one test that wants to stop and kill it.</summary>
    public static async Task<PostgresServer> StartOwn() => await Start("own");

    /// <summary>A fresh migrated database on this server.</summary>
    public Task<TestDatabase> NewDatabase() => NewDatabase("template_vivit");

    public void Restart()
    {
        Control("start");
    }

    /// <summary>Cuts every client off; everything committed stays.</summary>
    public void Stop() => Control("stop", "-m", "fast");

    private async Task<TestDatabase> NewDatabase(string template)
    {
        var name = $"test_{Interlocked.Increment(ref databases)}";
        await using var admin = NpgsqlDataSource.Create(ConnectionString("postgres", pooling: false));
        await using var create = admin.CreateCommand($"create database {name} template {template}");
        await create.ExecuteNonQueryAsync();
        return new TestDatabase(ConnectionString(name, pooling: true));
    }

    private static async Task<PostgresServer> Start(string kind)
    {
        SweepLeftovers();
        var programs = Directory.GetDirectories("/usr/lib/postgresql").OrderByDescending(version => double.Parse(Path.GetFileName(version), CultureInfo.InvariantCulture))
            .Select(version => Path.Combine(version, "bin")).FirstOrDefault(Directory.Exists)
            ?? throw new InvalidOperationException("The tests need PostgreSQL: apt-get install postgresql.");
        var folder = $"/tmp/{FolderPrefix}{Environment.ProcessId}-{kind}-{Guid.NewGuid().ToString("n")[..6]}";
        Directory.CreateDirectory(folder);
        if (Environment.IsPrivilegedProcess) Run("chown", "postgres:", folder);

        var server = new PostgresServer(folder, programs);
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
         .. action[0] == "start" ? ["-o", $"-c listen_addresses= -c unix_socket_directories={folder} -c fsync=off -c full_page_writes=off -c synchronous_commit=off -c max_connections=200"] : (string[])[]]);

    private string ConnectionString(string database, bool pooling) => $"Host={folder};Username=vivit;Database={database};Pooling={pooling};Maximum Pool Size=40;Timeout=5";

    private void AsServer(string program, params string[] arguments)
    {
        var path = Path.Combine(programs, program);
        if (Environment.IsPrivilegedProcess) Run("setpriv", ["--reuid=postgres", "--regid=postgres", "--clear-groups", "--", path, .. arguments]);
        else Run(path, arguments);
    }

    private void Remove()
    {
        if (!Directory.Exists(folder)) return;
        try
        {
            Control("stop", "-m", "immediate");
        }
        catch (InvalidOperationException)
        {
            // it was stopped by its test
        }

        Directory.Delete(folder, recursive: true);
    }

    // Folders are named after the process that made them.
    private static void SweepLeftovers()
    {
        foreach (var left in Directory.GetDirectories("/tmp", FolderPrefix + "*"))
        {
            var maker = Path.GetFileName(left)[FolderPrefix.Length..].Split('-')[0];
            if (Directory.Exists($"/proc/{maker}")) continue;
            try
            {
                if (File.Exists(Path.Combine(left, "data", "postmaster.pid"))) Run("kill", "-9", File.ReadLines(Path.Combine(left, "data", "postmaster.pid")).First());
            }
            catch (InvalidOperationException)
            {
                // the server is gone as well
            }

            Directory.Delete(left, recursive: true);
        }
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

/// <summary>A database of one test.</summary>
public sealed class TestDatabase(string connectionString) : IAsyncDisposable
{
    public string ConnectionString { get; } = connectionString;

    public NpgsqlDataSource Source { get; } = NpgsqlDataSource.Create(connectionString);

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

    public ValueTask DisposeAsync() => Source.DisposeAsync();
}
