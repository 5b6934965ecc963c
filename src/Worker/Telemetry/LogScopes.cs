using Microsoft.Extensions.Logging;
using ViViT.Contracts.Wire;

namespace ViViT.Worker.Telemetry;

/// <summary>What lines of the log concern, for programs that read it (<c>VIVIT_LOG_FORMAT=json</c>).</summary>
internal static class LogScopes
{
    private static readonly Func<ILogger, string, IDisposable?> Worker = LoggerMessage.DefineScope<string>("worker {worker}");
    private static readonly Func<ILogger, int, IDisposable?> Slot = LoggerMessage.DefineScope<int>("slot {slot}");
    private static readonly Func<ILogger, long, int, long, IDisposable?> Attempt = LoggerMessage.DefineScope<long, int, long>("experiment {experiment} attempt {attempt} of sweep {sweep}");
    private static readonly Func<ILogger, string, IDisposable?> Group = LoggerMessage.DefineScope<string>("experiments {experiments}");

    public static IDisposable? OfWorker(this ILogger log, string worker) => Worker(log, worker);

    public static IDisposable? OfSlot(this ILogger log, int slot) => Slot(log, slot);

    public static IDisposable? Of(this ILogger log, LeasedExperiment leased) => Attempt(log, leased.Id.Value, leased.Attempt, leased.Sweep.Value);

    /// <summary>All experiments that a trainer trains as one: <c>5/1 6/1</c>, experiment and attempt of each.</summary>
    public static IDisposable? Of(this ILogger log, IReadOnlyList<LeasedExperiment> lease) =>
        lease is [var alone] ? log.Of(alone) : Group(log, string.Join(' ', lease.Select(leased => $"{leased.Id.Value}/{leased.Attempt}")));
}
