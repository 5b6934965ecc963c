using Npgsql;
using ViViT.Preview.Asking;
using ViViT.TestKit;

[assembly: AssemblyFixture(typeof(ViViT.Grafana.Tests.SeededDatabase))]

namespace ViViT.Grafana.Tests;

/// <summary>The one database that all tests of this project read.</summary>
public sealed class SeededDatabase : IAsyncLifetime
{
    private SeededStore store = null!;

    public TestDatabase Database => store.Database;

    public NpgsqlDataSource Reader => store.Reader;

    /// <summary>All that the seed wrote, and a bit.</summary>
    public TimeWindow Window { get; } = new(TimeProvider.System.GetUtcNow().AddHours(-24), TimeProvider.System.GetUtcNow().AddMinutes(5));

    public Asker Asker => new(new PostgresSource(Reader), null);

    public Task<(int ExitCode, string Errors)> RunRoleScript(string? password, string? database = null) => store.RunRoleScript(password, database);

    public async ValueTask InitializeAsync() => store = await SeededStore.Create();

    public ValueTask DisposeAsync() => store.DisposeAsync();
}
