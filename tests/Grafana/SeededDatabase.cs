using System.Diagnostics;
using System.Reflection;
using Npgsql;
using ViViT.Preview.Asking;
using ViViT.TestKit;

[assembly: AssemblyFixture(typeof(ViViT.Grafana.Tests.SeededDatabase))]

namespace ViViT.Grafana.Tests;

/// <summary>Ten million points in a server of its own, and the role that Grafana reads with: a role is the whole server's.</summary>
public sealed class SeededDatabase : IAsyncLifetime
{
    private PostgresServer? server;

    public TestDatabase Database { get; private set; } = null!;

    /// <summary>Connections as <c>vivit_grafana</c>.</summary>
    public NpgsqlDataSource Reader { get; private set; } = null!;

    /// <summary>All that the seed wrote, and a bit.</summary>
    public TimeWindow Window { get; } = new(TimeProvider.System.GetUtcNow().AddHours(-24), TimeProvider.System.GetUtcNow().AddMinutes(5));

    public Asker Asker => new(new PostgresSource(Reader), null);

    public async ValueTask InitializeAsync()
    {
        server = await PostgresServer.StartOwn();
        Database = await server.NewDatabase();
        await Database.Execute(SeedSql());
        await Database.Execute("vacuum (analyze)");
        var (exit, errors) = await RunRoleScript("a password with a ' quote");
        Assert.True(exit == 0, errors);
        Reader = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(Database.ConnectionString) { Username = "vivit_grafana" }.ConnectionString);
    }

    /// <summary>As an operator does, by psql.</summary>
    public async Task<(int ExitCode, string Errors)> RunRoleScript(string? password)
    {
        var name = new NpgsqlConnectionStringBuilder(Database.ConnectionString).Database!;
        var start = new ProcessStartInfo("psql", ["--no-psqlrc", "-h", server!.Folder, "-U", "vivit", "-d", name, "-f", Path.Combine(Repository.Root, "deploy", "grafana", "role.sql")]) { RedirectStandardError = true, RedirectStandardOutput = true };
        start.Environment.Remove("VIVIT_GRAFANA_PASSWORD");
        if (password is not null) start.Environment["VIVIT_GRAFANA_PASSWORD"] = password;
        using var psql = Process.Start(start)!;
        var (_, errors) = (psql.StandardOutput.ReadToEndAsync(), psql.StandardError.ReadToEndAsync());
        await psql.WaitForExitAsync();
        return (psql.ExitCode, await errors);
    }

    public static string SeedSql()
    {
        using var seed = new StreamReader(Assembly.GetExecutingAssembly().GetManifestResourceStream("Seed.sql")!);
        return seed.ReadToEnd();
    }

    public async ValueTask DisposeAsync()
    {
        await Reader.DisposeAsync();
        await Database.DisposeAsync();
    }
}
