using ViViT.TestKit;

namespace ViViT.Grains.Tests;

/// <summary>A test with a database of its own.</summary>
public abstract class DatabaseTest : IAsyncLifetime
{
    private protected TestDatabase Database { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Database = await PostgresServer.CreateDatabase();

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await Database.DisposeAsync();
    }
}
