using ViViT.Storage;
using ViViT.Storage.Telemetry;

namespace ViViT.Silo.Telemetry;

/// <summary>
/// Looks at the database every few seconds, so that a scrape never waits for it. Looks less often when a look takes long: at most a twentieth of the time.
/// </summary>
internal sealed partial class OverviewWatch(Overview overview, TimeProvider time, ILogger<OverviewWatch> log) : BackgroundService
{
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan WhileAway = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly HashSet<string> known = new(StringComparer.Ordinal);
    private volatile OverviewRow? latest;
    private bool away;

    /// <summary>As of the latest look; null when the database did not answer it.</summary>
    public OverviewRow? Latest => latest;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        SiloInstruments.Begin();
        OverviewGauges.Show(this);
        while (!stoppingToken.IsCancellationRequested)
        {
            var began = time.GetTimestamp();
            await Look(stoppingToken);
            var pause = away ? WhileAway : TimeSpan.FromTicks(Math.Clamp(19 * time.GetElapsedTime(began).Ticks, Shortest.Ticks, Longest.Ticks));
            await Task.Delay(pause, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task Look(CancellationToken stop)
    {
        using var patience = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, patience.Token);
        try
        {
            var seen = await overview.Read(either.Token);
            foreach (var served in seen.Pools.Where(pool => pool.Workers != new WorkerCounts(0, 0, 0, 0))) PoolLabels.OfThisProcess.Serve(served.Pool);
            foreach (var pool in seen.Pools.Where(pool => known.Add(PoolLabels.OfThisProcess.Of(pool.Pool)))) SiloInstruments.Begin(pool.Pool);
            latest = seen;
            if (away) GaugesAreBack();
            away = false;
        }
        catch (Exception fault) when (!stop.IsCancellationRequested)
        {
            latest = null;
            if (!away) GaugesVanish(fault);
            away = true;
        }
        catch (OperationCanceledException)
        {
            latest = null; // the silo stops
        }
    }

    [LoggerMessage(LogLevel.Warning, "The metrics that are read from the database vanish until it answers again")]
    private partial void GaugesVanish(Exception fault);

    [LoggerMessage(LogLevel.Information, "The metrics that are read from the database are back")]
    private partial void GaugesAreBack();
}
