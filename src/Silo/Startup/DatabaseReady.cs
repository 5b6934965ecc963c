using Npgsql;
using ViViT.Contracts.Configuration;
using ViViT.Silo.Configuration;
using ViViT.Storage;

namespace ViViT.Silo.Startup;

/// <summary>The first thing to start: waits until Postgres answers, then brings its schema up to date, or sees that it is. Nothing else starts before.</summary>
internal sealed partial class DatabaseReady(NpgsqlDataSource database, SiloOptions options, TimeProvider time, ILogger<DatabaseReady> log) : IHostedService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <exception cref="StartException">Postgres did not answer for as long as the options allow, or refused us; or its schema is not one we know.</exception>
    public Task StartAsync(CancellationToken cancellationToken) => When(
        options.Migrate == Migrate.Never ? Migrations.Check : Migrations.Apply, database, options.PostgresPatience, time, log, cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Does that as soon as Postgres answers.</summary>
    /// <inheritdoc cref="StartAsync"/>
    public static async Task When(
        Func<NpgsqlDataSource, ILogger, CancellationToken, Task> migrate, NpgsqlDataSource database, TimeSpan patience, TimeProvider time, ILogger log, CancellationToken cancellation)
    {
        var started = time.GetTimestamp();
        while (true)
        {
            try
            {
                await migrate(database, log, cancellation);
                return;
            }
            catch (Exception fault) when (DatabaseFault.Away(fault) is not null)
            {
                var waited = time.GetElapsedTime(started);
                if (waited >= patience)
                {
                    throw new StartException($"Postgres did not answer for {waited.TotalSeconds:0} s ({fault.Message}). Start it, or mend VIVIT_POSTGRES.", fault);
                }

                Waiting(log, fault.Message, waited.TotalSeconds, patience.TotalSeconds);
                await Task.Delay(Pause, time, cancellation);
            }
            catch (SchemaException refused)
            {
                throw new StartException(refused.Message, refused);
            }
            catch (PostgresException refused) when (refused.SqlState == PostgresErrorCodes.InsufficientPrivilege)
            {
                throw new StartException($"Postgres refused the silo: {refused.MessageText}. Bring the schema up to date as its owner (ViViT.Silo migrate), which also grants the role {SiloRights.Role} what it needs: docs/operations.md.", refused);
            }
            catch (NpgsqlException fault)
            {
                throw new StartException($"Postgres refused the silo: {fault.Message}. Mend VIVIT_POSTGRES or the rights of its user.", fault);
            }
        }
    }

    [LoggerMessage(LogLevel.Warning, "Postgres does not answer yet ({Problem}); waited {Waited:0} s of {Patience:0} s")]
    private static partial void Waiting(ILogger log, string problem, double waited, double patience);
}
