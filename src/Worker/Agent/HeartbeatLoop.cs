using Microsoft.Extensions.Logging;
using ViViT.Contracts.Wire;
using ViViT.Worker.Telemetry;

namespace ViViT.Worker.Agent;

/// <summary>Renews what the worker holds three times a term, and tells its slots what they have lost and what is wanted back.</summary>
internal sealed partial class HeartbeatLoop(
    ControlPlaneClient client, ServerLink link, HeldLeases held, IReadOnlyList<SlotInfo> slots, Closing closing, AgentOptions options, WorkerMetrics metrics,
    AgentHealth health, TimeProvider time, ILogger<HeartbeatLoop> log)
{
    private static readonly TimeSpan FirstInterval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ShortestInterval = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan ShortestPatience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan AfterRefusal = TimeSpan.FromSeconds(10);

    private readonly Pulse pulse = health.Watchdog.Of("heartbeat");

    /// <summary>Beats until <paramref name="end"/>.</summary>
    public async Task Run(CancellationToken end)
    {
        try
        {
            await BeatUntil(end);
        }
        finally
        {
            pulse.Rest();
        }
    }

    private async Task BeatUntil(CancellationToken end)
    {
        var interval = FirstInterval;
        while (!end.IsCancellationRequested)
        {
            try
            {
                interval = await Beat(interval, end);
                pulse.Beat(interval);
                await Task.Delay(interval, time, end);
            }
            catch (RequestRefusedException refused)
            {
                HeartbeatRefused(refused, options.Worker);
                pulse.Beat(AfterRefusal);
                await Task.Delay(AfterRefusal, time, end).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException) when (end.IsCancellationRequested)
            {
                return;
            }
        }
    }

    private async Task<TimeSpan> Beat(TimeSpan patience, CancellationToken end)
    {
        IReadOnlyList<Held> renewed = [];
        var reply = await link.UntilAnswered(
            cancellation =>
            {
                renewed = held.Snapshot();
                return Counted(
                    new(options.Pool, Environment.MachineName, slots, options.Device, BuildVersion.Text, renewed),
                    patience > ShortestPatience ? patience : ShortestPatience, cancellation);
            },
            end);
        health.Register();
        foreach (var lost in renewed.Where(one => reply.Lost.Contains(one.Experiment)))
        {
            if (held.Find(lost) is not { Leased: var leased } || !held.Lose(lost)) continue;
            using var scope = log.Of(leased);
            LeaseLost(lost.Experiment.Value, lost.Fence);
        }

        foreach (var wanted in reply.Release ?? [])
        {
            // Under the fence that was renewed: a lease that was granted since then is not meant.
            if (renewed.FirstOrDefault(one => one.Experiment == wanted.Experiment) is not { } lease
                || held.Find(lease) is not { Leased: var leased } || !held.AskBack(lease, wanted.Reason)) continue;
            using var scope = log.Of(leased);
            LeaseWanted(lease.Experiment.Value, lease.Fence, wanted.Reason);
        }

        if (reply.Drain && closing.Begin("was drained")) DrainAsked(options.Worker);

        var third = TimeSpan.FromSeconds(reply.TermSeconds / 3);
        return third > ShortestInterval ? third : ShortestInterval;
    }

    private async Task<HeartbeatReply> Counted(Heartbeat heartbeat, TimeSpan patience, CancellationToken cancellation)
    {
        pulse.Beat(patience);
        var answered = false;
        try
        {
            var reply = await client.Heartbeat(heartbeat, patience, cancellation);
            answered = true;
            return reply;
        }
        finally
        {
            if (answered || !cancellation.IsCancellationRequested) metrics.Beat(answered);
        }
    }
}
