using Microsoft.Extensions.Logging;
using ViViT.Contracts.Experiments;
using ViViT.Contracts.Wire;

namespace ViViT.Worker.Agent;

/// <summary>One slot: asks for a lease, trains it in the slot's trainer process, tells how it ended, asks again.</summary>
internal sealed partial class SlotLoop(
    int slot, ControlPlaneClient client, ServerLink link, HeldLeases held, TrainerSeat seat, AgentOptions options, TimeProvider time, ILogger<SlotLoop> log)
{
    // One training at a time; a slot that trains groups will ask for more.
    private const int MaxGroup = 1;
    private const double WaitSeconds = 20;
    private static readonly TimeSpan AfterRefusal = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    private int failuresInARow;

    /// <summary>Works until <paramref name="stop"/>, then hands back what is unfinished.</summary>
    /// <param name="abandon">The agent may wait no longer: what is unfinished is left to its lease's end.</param>
    public async Task Run(CancellationToken stop, CancellationToken abandon)
    {
        try
        {
            while (!stop.IsCancellationRequested)
            {
                await seat.Ready(stop);
                if (await NextLease(stop) is not { } lease) continue;

                // All are renewed from now on, although they train one after another.
                var taken = lease.Experiments.Select(leased => (Leased: leased, Lease: held.Add(new(leased.Id, leased.Fence)))).ToArray();
                foreach (var (leased, own) in taken) await Execute(leased, own, stop, abandon);
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
    }

    private async Task<Lease?> NextLease(CancellationToken stop)
    {
        try
        {
            return await link.UntilAnswered(
                cancellation => client.Lease(new(options.Pool, $"slot-{slot}", options.Slots[slot], MaxGroup, WaitSeconds), cancellation), stop);
        }
        catch (RequestRefusedException refused)
        {
            LeaseRefused(refused, slot);
            await Task.Delay(AfterRefusal, time, stop);
            return null;
        }
    }

    private async Task Execute(LeasedExperiment leased, HeldLease own, CancellationToken stop, CancellationToken abandon)
    {
        AttemptStarts(slot, leased.Id.Value, leased.Attempt, leased.Fence, leased.ResumeFrom?.Step ?? 0);
        await using var uplink = new AttemptUplink(
            client, link, own, new(options.Checkpoints, leased.Id, leased.ResumeFrom, log), time, log, abandon);
        try
        {
            var outcome = await Train(leased, uplink, stop, abandon);
            var told = await uplink.Finish(outcome);
            failuresInARow = told?.Class == FailureClass.Infrastructure ? failuresInARow + 1 : 0;
            AttemptEnds(slot, leased.Id.Value, leased.Attempt, told is null ? "no longer ours" : Text(told));
        }
        catch (OperationCanceledException) when (abandon.IsCancellationRequested)
        {
            AttemptAbandoned(slot, leased.Id.Value, leased.Attempt);
        }
        finally
        {
            held.Remove(own);
        }
    }

    private async Task<AttemptOutcome> Train(LeasedExperiment leased, AttemptUplink uplink, CancellationToken stop, CancellationToken abandon)
    {
        // Of several experiments in a lease, those behind the one that was stopped have not begun.
        if (stop.IsCancellationRequested) return new(AttemptResult.Released, Reason: $"worker {options.Worker} stopped before it began");
        try
        {
            if (await seat.TryReady(stop) is not { } trainer)
            {
                return new(AttemptResult.Failed, FailureClass.Infrastructure, $"no trainer came up on worker {options.Worker}: {seat.WhyUnready}");
            }

            var (outcome, trainerIsFit) = await new AttemptExecution(trainer, leased, uplink, options, time).Run(stop, abandon);
            if (!trainerIsFit) await seat.Discard();
            return outcome;
        }
        catch (OperationCanceledException) when (!abandon.IsCancellationRequested)
        {
            return new(AttemptResult.Released, Reason: $"worker {options.Worker} stopped before it began");
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

    private static string Text(AttemptOutcome outcome) =>
        outcome.Result switch
        {
            AttemptResult.Succeeded => "succeeded",
            AttemptResult.Released => $"released: {outcome.Reason}",
            _ => $"failed ({outcome.Class}): {outcome.Reason}",
        };
}
