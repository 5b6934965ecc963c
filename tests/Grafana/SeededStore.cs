using System.Diagnostics;
using System.Reflection;
using Npgsql;
using ViViT.TestKit;

namespace ViViT.Grafana.Tests;

/// <summary>Ten million points in a server of its own, since a role is a whole server's, and the role that Grafana reads with.</summary>
public sealed class SeededStore : IAsyncDisposable
{
    private readonly PostgresServer server;

    private SeededStore(PostgresServer server, TestDatabase database)
    {
        (this.server, Database) = (server, database);
        Reader = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(database.ConnectionString) { Username = "vivit_grafana" }.ConnectionString);
    }

    public TestDatabase Database { get; }

    /// <summary>Connections as <c>vivit_grafana</c>.</summary>
    public NpgsqlDataSource Reader { get; }

    public static async Task<SeededStore> Create()
    {
        var server = await PostgresServer.StartOwn();
        var store = new SeededStore(server, await server.NewDatabase());
        await store.Database.Execute(SeedSql());
        await store.Database.Execute("vacuum (analyze)");
        var (exit, errors) = await store.RunRoleScript("a password with a ' quote");
        return exit == 0 ? store : throw new InvalidOperationException($"deploy/grafana/role.sql failed: {errors}");
    }

    /// <summary>As an operator does, by psql.</summary>
    /// <param name="database">That of the store by default.</param>
    public async Task<(int ExitCode, string Errors)> RunRoleScript(string? password, string? database = null)
    {
        var name = database ?? new NpgsqlConnectionStringBuilder(Database.ConnectionString).Database!;
        var script = Path.Combine(Repository.Root, "deploy", "grafana", "role.sql");
        var start = new ProcessStartInfo("psql", ["--no-psqlrc", "-h", server.Folder, "-U", "vivit", "-d", name, "-f", script]) { RedirectStandardError = true, RedirectStandardOutput = true };
        start.Environment.Remove("VIVIT_GRAFANA_PASSWORD");
        if (password is not null) start.Environment["VIVIT_GRAFANA_PASSWORD"] = password;
        using var psql = Process.Start(start)!;
        var (_, errors) = (psql.StandardOutput.ReadToEndAsync(), psql.StandardError.ReadToEndAsync());
        await psql.WaitForExitAsync();
        return (psql.ExitCode, await errors);
    }

    public async ValueTask DisposeAsync()
    {
        await Reader.DisposeAsync();
        await Database.DisposeAsync();
    }

    private static string SeedSql()
    {
        using var seed = new StreamReader(Assembly.GetExecutingAssembly().GetManifestResourceStream("Seed.sql")!);
        return seed.ReadToEnd();
    }
}
