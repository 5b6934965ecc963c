namespace OpenTelemetry.Exporter.Prometheus;

/// <summary>One answer to a scrape.</summary>
internal sealed record Scrape(ReadOnlyMemory<byte> Content, DateTimeOffset At, long Timestamp);

/// <summary>Lets one scrape collect at a time; those that come together or soon after share its answer.</summary>
/// <param name="write">Collects and writes; null when that failed.</param>
internal sealed class ScrapeCache(Func<ScrapeFormat, byte[]?> write, TimeSpan keep, TimeProvider clock) : IDisposable
{
    private readonly SemaphoreSlim one = new(1, 1);
    private readonly Dictionary<ScrapeFormat, Scrape> last = [];

    /// <summary>Null when collecting failed, which is not kept.</summary>
    public async Task<Scrape?> Get(ScrapeFormat format, CancellationToken cancellationToken)
    {
        await one.WaitAsync(cancellationToken);
        try
        {
            if (last.TryGetValue(format, out var kept) && clock.GetElapsedTime(kept.Timestamp) < keep) return kept;
            if (write(format) is not { } content) return null;
            return last[format] = new Scrape(content, clock.GetUtcNow(), clock.GetTimestamp());
        }
        finally
        {
            one.Release();
        }
    }

    public void Dispose() => one.Dispose();
}
