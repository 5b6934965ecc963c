using Microsoft.Extensions.Logging;
using ViViT.Contracts.Experiments;
using ViViT.Contracts.Wire;
using ViViT.Worker.Telemetry;

namespace ViViT.Worker.Agent;

/// <summary>One slot: asks for a lease, trains its experiments as one in the slot's trainer process, tells how each ended, asks again.</summary>
internal sealed partial class SlotLoop(
    int slot, SlotInfo info, ControlPlaneClient client, ServerLink link, HeldLeases held, TrainerSeat seat, AgentOptions options, Closing closing, IdleDrain? idle,
    WorkerMetrics metrics, AgentHealth health, TimeProvider time, ILogger<SlotLoop> log)
{
    private static readonly TimeSpan AfterRefusal = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    private readonly ShapeMeasurement measurement = new(slot, info.DeviceKind, seat, client, link, options, time, log);
    private readonly Pulse pulse = health.Watchdog.Of(info.Name);
    private int failuresInARow;
    private int leftBehind;

    /// <summary>Works until the agent closes, then hands back what is unfinished.</summary>
    /// <param name="hurry">The agent may wait no longer for checkpoints.</param>
    /// <param name="abandon">The agent may wait no longer: what is unfinished is left to its lease's end.</param>
    /// <returns>Whether nothing was left so.</returns>
    public async Task<bool> Run(CancellationToken hurry, CancellationToken abandon)
    {
        using var scope = log.OfSlot(slot);
        var stop = closing.Begun;
        try
        {
            var maxGroup = options.MaxGroup;
            while (!stop.IsCancellationRequested)
            {
                pulse.Rest();   // until a trainer comes up, however long
                await seat.Ready(stop);
                if (await NextLease(maxGroup, stop) is not { } lease) continue;
                pulse.Rest();
                maxGroup = options.MaxGroup;
                if (lease.Measure is { } unknown)
                {
                    // Whoever takes one at a time is not asked to measure.
                    if (!await measurement.Run(unknown, stop)) maxGroup = 1;
                    continue;
                }

                await Execute(lease, stop, hurry, abandon);
                await Recover(stop);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Nothing was held.
        }
        finally
        {
            pulse.Rest();
            await seat.DisposeAsync();
        }

        return leftBehind == 0;
    }

    private async Task<Lease?> NextLease(int maxGroup, CancellationToken stop)
    {
        try
        {
            var lease = await link.UntilAnswered(
                cancellation =>
                {
                    pulse.Beat(options.LeaseWait + ControlPlaneClient.Patience);
                    return client.Lease(
                        new(options.Pool, info.Name, options.Slots[slot], info.DeviceKind, maxGroup, options.LeaseWait.TotalSeconds, info.MemoryGib), cancellation);
                },
                stop);
            if (lease is null) idle?.FoundNothing(slot);
            else idle?.Found(slot);
            return lease;
        }
        catch (RequestRefusedException refused)
        {
            LeaseRefused(refused, slot);
            await Task.Delay(AfterRefusal, time, stop);
            return null;
        }
    }

    private async Task Execute(Lease lease, CancellationToken stop, CancellationToken hurry, CancellationToken abandon)
    {
        await using var lines = new LeaseLog(client, link, lease.Experiments.Select(leased => leased.Held), options.Worker, time, log, abandon);
        Attempt[] attempts = [.. lease.Experiments.Select(leased => Begin(leased, lease.GroupSize, lines, abandon))];
        try
        {
            await Train(lease, attempts, lines, stop, hurry);
            var told = await Task.WhenAll(attempts.Select(attempt => attempt.Settled()));
            failuresInARow = told.Any(outcome => outcome?.Class == FailureClass.Infrastructure) ? failuresInARow + 1 : 0;
        }
        catch (OperationCanceledException) when (abandon.IsCancellationRequested)
        {
            // What has not ended says so when it is disposed of.
        }
        finally
        {
            seat.Unheard();
            foreach (var attempt in attempts) await attempt.DisposeAsync();
            if (abandon.IsCancellationRequested) leftBehind += attempts.Count(attempt => attempt.IsLeftBehind);
        }
    }

    private Attempt Begin(LeasedExperiment leased, int groupSize, LeaseLog lines, CancellationToken abandon)
    {
        var among = groupSize == 1 ? "alone" : $"in place {leased.Place} of a group of {groupSize}";
        var pieces = leased.Accumulate == 1 ? "" : $", each batch in {leased.Accumulate} pieces";
        lines.SayFirst(leased.Held, $"attempt {leased.Attempt} begins on worker {options.Worker}, {info.Name} ({info.DeviceKind}), {among}{pieces}");
        var account = metrics.Ledger.Begin(slot);
        return new(slot, leased, held, own => new(client, link, own, new(options.Checkpoints, leased.Id, leased.ResumeFrom, log), metrics, time, log, abandon)
        {
            Say = text => lines.Say(leased.Held, text),
            Committed = account.Keep,
        }, lines, account, new AttemptSpans(leased, options.Worker, slot, time), log);
    }

    private async Task Train(Lease lease, Attempt[] attempts, LeaseLog lines, CancellationToken stop, CancellationToken hurry)
    {
        try
        {
            if (await seat.TryReady(stop) is { } trainer)
            {
                seat.Heard(lease.Experiments, lines.SayAll);
                var unfit = await new LeaseExecution(trainer, lease, attempts, options, closing, metrics, pulse, time, log).Run(hurry);
                pulse.Rest();   // until the server has heard of the ends, however long
                if (unfit is { } why) await seat.Discard(why);
                return;
            }

            EndAll(new(AttemptResult.Failed, FailureClass.Infrastructure, $"no trainer came up on worker {options.Worker}: {seat.WhyUnready}"));
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            EndAll(new(AttemptResult.Released, Reason: $"worker {options.Worker} {closing.Why} before it began"));
        }

        void EndAll(AttemptOutcome outcome)
        {
            foreach (var attempt in attempts) attempt.End(outcome);
        }
    }

    // A machine that fails attempt after attempt slows down rather than use up the attempts of the whole pool.
    private Task Recover(CancellationToken stop)
    {
        if (failuresInARow < 2) return Task.CompletedTask;
        var pause = TimeSpan.FromSeconds(Math.Min(Math.Pow(2, failuresInARow - 2), LongestPause.TotalSeconds));
        SlotPauses(slot, failuresInARow, pause.TotalSeconds);
        return Task.Delay(pause, time, stop);
    }
}
