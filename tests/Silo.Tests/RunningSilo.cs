using ViViT.TestKit;

namespace ViViT.Silo.Tests;

/// <summary>One silo for the tests of a class.</summary>
public sealed class RunningSilo : IAsyncLifetime
{
    private TestDatabase database = null!;

    internal SiloProcess Silo { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        database = await PostgresServer.CreateEmptyDatabase();
        Silo = await SiloProcess.Start(database.ConnectionString);
    }

    public async ValueTask DisposeAsync()
    {
        await Silo.DisposeAsync();
        await database.DisposeAsync();
    }
}
