using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Threading.Channels;
using ViViT.Storage;
using ViViT.Storage.Telemetry;

namespace ViViT.Silo.Security;

/// <summary>Counts refused requests, and tells of them in the events: once a minute for each who was refused, however many there were.</summary>
internal sealed partial class Refusals(Events events, TimeProvider time, ILogger<Refusals> log) : BackgroundService
{
    private const string Others = "others";
    private const int MostWatched = 1_000;
    private static readonly TimeSpan Quiet = TimeSpan.FromMinutes(1);
    private static readonly string[] Reasons = ["no_token", "unknown", "expired", "revoked", "role", "pool", "rate"];

    private static readonly Counter<long> Refused = SiloMeter.Meter.CreateCounter<long>("vivit.access.refusals", "{request}", "Requests that were refused, by why");

    private readonly ConcurrentDictionary<string, Burst> bursts = new(StringComparer.Ordinal);
    private readonly Channel<Told> told = Channel.CreateBounded<Told>(new BoundedChannelOptions(100) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    /// <param name="reason">Of a closed set: it is a label of the metric.</param>
    /// <param name="who">A token or an address.</param>
    /// <param name="what">Holds nothing that the request brought but the name of a token that is known.</param>
    public void Note(HttpContext context, string reason, string who, string what)
    {
        Refused.Add(1, new KeyValuePair<string, object?>("reason", reason));
        var burst = bursts.GetOrAdd(bursts.Count < MostWatched || bursts.ContainsKey(who) ? who : Others, _ => new Burst());
        long before;
        lock (burst)
        {
            burst.Count++;
            if (burst.ToldAt is { } at && time.GetElapsedTime(at) < Quiet) return;
            before = burst.ToldAt is null ? 0 : burst.Count - 1;
            (burst.ToldAt, burst.Count) = (time.GetTimestamp(), 0);
        }

        told.Writer.TryWrite(new(who, before > 0 ? $"{what}, from {context.Connection.RemoteIpAddress}; {before} more were refused since this was last told" : $"{what}, from {context.Connection.RemoteIpAddress}"));
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        foreach (var reason in Reasons) Refused.Add(0, new KeyValuePair<string, object?>("reason", reason)); // what begins at 1 is no increase
        await foreach (var one in told.Reader.ReadAllAsync(stoppingToken))
        {
            Told1(one.Who, one.Text);
            try
            {
                await events.Note("access_refused", one.Text, one.Who, stoppingToken);
            }
            catch (Exception fault) when (fault is not OperationCanceledException)
            {
                NotTold(fault);
            }

            foreach (var (who, burst) in bursts)
            {
                if (burst.ToldAt is { } at && time.GetElapsedTime(at) > 2 * Quiet) bursts.TryRemove(new(who, burst));
            }
        }
    }

    [LoggerMessage(LogLevel.Warning, "Refused {Who}: {Text}")]
    private partial void Told1(string who, string text);

    [LoggerMessage(LogLevel.Warning, "That could not be told in the events")]
    private partial void NotTold(Exception fault);

    private sealed class Burst
    {
        public long? ToldAt { get; set; }

        public long Count { get; set; }
    }

    private sealed record Told(string Who, string Text);
}
