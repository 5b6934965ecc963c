using Npgsql;
using ViViT.TestKit;

namespace ViViT.Bench.Orchestrator;

/// <summary>A silo on a fresh database, and the two ways to reach them: the protocol, and for the limits the bare database.</summary>
internal sealed class Stack : IAsyncDisposable
{
    private readonly TestDatabase database;

    private Stack(TestDatabase database, SiloProcess silo) => (this.database, Silo, Api) = (database, silo, new Api(silo.Address, silo.Token));

    public SiloProcess Silo { get; }

    public Api Api { get; }

    public NpgsqlDataSource Database => database.Source;

    public static async Task<Stack> Start(PostgresServer server)
    {
        var database = await server.NewDatabase();
        return new Stack(database, await SiloProcess.Start(new NpgsqlConnectionStringBuilder(database.ConnectionString) { Pooling = true, MaxPoolSize = 40 }.ConnectionString));
    }

    public async ValueTask DisposeAsync()
    {
        Api.Dispose();
        await Silo.DisposeAsync();
        await database.DisposeAsync();
    }
}
