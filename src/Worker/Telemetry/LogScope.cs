using System.Collections;
using Microsoft.Extensions.Logging;
using ViViT.Contracts.Wire;

namespace ViViT.Worker.Telemetry;

/// <summary>What lines of the log concern, under names for programs that read it (<c>VIVIT_LOG_FORMAT=json</c>): worker, slot, experiment, attempt, sweep.</summary>
internal sealed class LogScope(params KeyValuePair<string, object?>[] items) : IReadOnlyList<KeyValuePair<string, object?>>
{
    public int Count => items.Length;

    public KeyValuePair<string, object?> this[int index] => items[index];

    public IEnumerator<KeyValuePair<string, object?>> GetEnumerator() => items.AsEnumerable().GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public override string ToString() => string.Join(' ', items.Select(item => $"{item.Key} {item.Value}"));
}

/// <summary>Begins scopes.</summary>
internal static class LogScopes
{
    public static IDisposable? OfWorker(this ILogger log, string worker) => log.BeginScope(new LogScope(new KeyValuePair<string, object?>("worker", worker)));

    public static IDisposable? OfSlot(this ILogger log, int slot) => log.BeginScope(new LogScope(new KeyValuePair<string, object?>("slot", slot)));

    public static IDisposable? Of(this ILogger log, LeasedExperiment leased) => log.BeginScope(
        new LogScope(new("experiment", leased.Id.Value), new("attempt", leased.Attempt), new("sweep", leased.Sweep.Value)));

    /// <summary>All experiments that a trainer trains as one: <c>5/1 6/1</c>, experiment and attempt of each.</summary>
    public static IDisposable? Of(this ILogger log, IReadOnlyList<LeasedExperiment> lease) =>
        lease is [var alone] ? log.Of(alone) : log.BeginScope(new LogScope(new KeyValuePair<string, object?>("experiments", string.Join(' ', lease.Select(leased => $"{leased.Id.Value}/{leased.Attempt}")))));
}
