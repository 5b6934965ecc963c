using ViViT.TestKit;

namespace ViViT.Silo.Tests;

/// <summary>One silo for the tests of a class.</summary>
public sealed class RunningSilo : IAsyncLifetime
{
    internal TestDatabase Database { get; private set; } = null!;

    internal SiloProcess Silo { get; private set; } = null!;

    /// <summary>One for a test alone.</summary>
    internal static async Task<RunningSilo> Start()
    {
        var running = new RunningSilo();
        await running.InitializeAsync();
        return running;
    }

    public async ValueTask InitializeAsync()
    {
        Database = await PostgresServer.CreateEmptyDatabase();
        Silo = await SiloProcess.Start(Database.ConnectionString);
    }

    public async ValueTask DisposeAsync()
    {
        await Silo.DisposeAsync();
        await Database.DisposeAsync();
    }
}
