using Microsoft.Extensions.Logging;
using ViViT.Contracts.Experiments;
using ViViT.Contracts.Wire;

namespace ViViT.Worker.Agent;

/// <summary>One slot: asks for a lease, trains its experiments as one in the slot's trainer process, tells how each ended, asks again.</summary>
internal sealed partial class SlotLoop(
    int slot, SlotInfo info, ControlPlaneClient client, ServerLink link, HeldLeases held, TrainerSeat seat, AgentOptions options, Closing closing, TimeProvider time,
    ILogger<SlotLoop> log)
{
    private const double WaitSeconds = 20;
    private static readonly TimeSpan AfterRefusal = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    private readonly ShapeMeasurement measurement = new(slot, info.DeviceKind, seat, client, link, options, time, log);
    private int failuresInARow;
    private int leftBehind;

    /// <summary>Works until the agent closes, then hands back what is unfinished.</summary>
    /// <param name="abandon">The agent may wait no longer: what is unfinished is left to its lease's end.</param>
    /// <returns>Whether nothing was left so.</returns>
    public async Task<bool> Run(CancellationToken abandon)
    {
        var stop = closing.Begun;
        try
        {
            var maxGroup = options.MaxGroup;
            while (!stop.IsCancellationRequested)
            {
                await seat.Ready(stop);
                if (await NextLease(maxGroup, stop) is not { } lease) continue;
                maxGroup = options.MaxGroup;
                if (lease.Measure is { } unknown)
                {
                    // Whoever takes one at a time is not asked to measure.
                    if (!await measurement.Run(unknown, stop)) maxGroup = 1;
                    continue;
                }

                await Execute(lease, stop, abandon);
                await Recover(stop);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Nothing was held.
        }
        finally
        {
            await seat.DisposeAsync();
        }

        return leftBehind == 0;
    }

    private async Task<Lease?> NextLease(int maxGroup, CancellationToken stop)
    {
        try
        {
            return await link.UntilAnswered(
                cancellation => client.Lease(new(options.Pool, info.Name, options.Slots[slot], info.DeviceKind, maxGroup, WaitSeconds, info.MemoryGib), cancellation), stop);
        }
        catch (RequestRefusedException refused)
        {
            LeaseRefused(refused, slot);
            await Task.Delay(AfterRefusal, time, stop);
            return null;
        }
    }

    private async Task Execute(Lease lease, CancellationToken stop, CancellationToken abandon)
    {
        await using var lines = new LeaseLog(client, link, lease.Experiments.Select(leased => leased.Held), options.Worker, time, log, abandon);
        Attempt[] attempts = [.. lease.Experiments.Select(leased => Begin(leased, lease.GroupSize, lines, abandon))];
        try
        {
            await Train(lease, attempts, lines, stop, abandon);
            var told = await Task.WhenAll(attempts.Select(attempt => attempt.Settled()));
            failuresInARow = told.Any(outcome => outcome?.Class == FailureClass.Infrastructure) ? failuresInARow + 1 : 0;
        }
        catch (OperationCanceledException) when (abandon.IsCancellationRequested)
        {
            // What has not ended says so when it is disposed of.
        }
        finally
        {
            seat.Heard(null);
            foreach (var attempt in attempts) await attempt.DisposeAsync();
            if (abandon.IsCancellationRequested) leftBehind += attempts.Count(attempt => attempt.IsLeftBehind);
        }
    }

    private Attempt Begin(LeasedExperiment leased, int groupSize, LeaseLog lines, CancellationToken abandon)
    {
        var among = groupSize == 1 ? "alone" : $"in place {leased.Place} of a group of {groupSize}";
        var pieces = leased.Accumulate == 1 ? "" : $", each batch in {leased.Accumulate} pieces";
        lines.SayFirst(leased.Held, $"attempt {leased.Attempt} begins on worker {options.Worker}, {info.Name} ({info.DeviceKind}), {among}{pieces}");
        return new(slot, leased, held, own => new(client, link, own, new(options.Checkpoints, leased.Id, leased.ResumeFrom, log), time, log, abandon)
        {
            Say = text => lines.Say(leased.Held, text),
        }, lines, log);
    }

    private async Task Train(Lease lease, Attempt[] attempts, LeaseLog lines, CancellationToken stop, CancellationToken abandon)
    {
        try
        {
            if (await seat.TryReady(stop) is { } trainer)
            {
                seat.Heard(lines.SayAll);
                if (!await new LeaseExecution(trainer, lease, attempts, options, closing, time, log).Run(abandon)) await seat.Discard();
                return;
            }

            EndAll(new(AttemptResult.Failed, FailureClass.Infrastructure, $"no trainer came up on worker {options.Worker}: {seat.WhyUnready}"));
        }
        catch (OperationCanceledException) when (!abandon.IsCancellationRequested)
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
