using Microsoft.Extensions.Logging;
using ViViT.Contracts;

namespace ViViT.Grains.Scheduling;

internal sealed partial class SchedulerGrain
{
    [LoggerMessage(LogLevel.Information, "Experiment {Experiment}: leased to {Worker} (attempt {Attempt}, fence {Fence})")]
    private partial void Granted(ExperimentId experiment, string worker, int attempt, long fence);

    [LoggerMessage(LogLevel.Information, "Experiment {Experiment} and others, {Members} in {Places} places, train as one on {Worker}")]
    private partial void Grouped(ExperimentId experiment, int members, int places, string worker);

    [LoggerMessage(LogLevel.Information, "Shape {Shape}: no group size is known for {DeviceKind}; {Worker} measures it")]
    private partial void Unmeasured(string shape, string deviceKind, string worker);

    [LoggerMessage(LogLevel.Information, "Pool {Pool}: {Leases} leases with {Experiments} experiments are asked to save and make room for a sweep of priority {Priority}")]
    private partial void Preempting(string pool, int leases, int experiments, int priority);

    [LoggerMessage(LogLevel.Warning, "Experiment {Experiment}: the lease of {Worker} expired (fence {Fence})")]
    private partial void LeaseExpired(ExperimentId experiment, string worker, long fence);

    [LoggerMessage(LogLevel.Warning, "Pool {Pool}: cannot look for expired leases; keeps trying, and then gives the workers {Term} to renew")]
    private partial void ReclaimFailed(Exception fault, string pool, TimeSpan term);

    [LoggerMessage(LogLevel.Information, "Pool {Pool}: looks for expired leases again; takes none back for {Term}")]
    private partial void ReclaimGoesOn(string pool, TimeSpan term);

    [LoggerMessage(LogLevel.Warning, "Pool {Pool}: could not tell the waiting workers of new work; they find it at their next look")]
    private partial void WakeFailed(Exception fault, string pool);
}
