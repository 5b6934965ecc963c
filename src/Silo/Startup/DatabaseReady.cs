using Npgsql;
using ViViT.Silo.Configuration;
using ViViT.Storage;

namespace ViViT.Silo.Startup;

/// <summary>The first thing to start: waits until Postgres answers, then brings its schema up to date. Nothing else starts before.</summary>
internal sealed partial class DatabaseReady(NpgsqlDataSource database, SiloOptions options, TimeProvider time, ILogger<DatabaseReady> log) : IHostedService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <exception cref="StartException">Postgres did not answer for as long as the options allow, or refused us; or its schema is not one we know.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        while (true)
        {
            try
            {
                await Migrations.Apply(database, log, cancellationToken);
                return;
            }
            catch (Exception fault) when (DatabaseFault.Away(fault) is not null)
            {
                var waited = time.GetElapsedTime(started);
                if (waited >= options.PostgresPatience)
                {
                    throw new StartException($"Postgres did not answer for {waited.TotalSeconds:0} s ({fault.Message}). Start it, or mend VIVIT_POSTGRES.", fault);
                }

                Waiting(fault.Message, waited.TotalSeconds, options.PostgresPatience.TotalSeconds);
                await Task.Delay(Pause, time, cancellationToken);
            }
            catch (InvalidOperationException refused)
            {
                throw new StartException(refused.Message, refused);
            }
            catch (NpgsqlException fault)
            {
                throw new StartException($"Postgres refused the silo: {fault.Message}. Mend VIVIT_POSTGRES or the rights of its user.", fault);
            }
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(LogLevel.Warning, "Postgres does not answer yet ({Problem}); waited {Waited:0} s of {Patience:0} s")]
    private partial void Waiting(string problem, double waited, double patience);
}
