using Microsoft.Extensions.Logging;
using ViViT.Contracts.Experiments;
using ViViT.Contracts.Wire;
using ViViT.Worker.Telemetry;
using ViViT.Worker.TrainerProcess;

namespace ViViT.Worker.Agent;

/// <summary>The experiments of one lease in a trainer process, trained as one: each from the request to its own end.</summary>
/// <param name="attempts">One for each experiment of the lease.</param>
/// <param name="closing">When it begins, the trainer saves where it is, and the experiments are handed back.</param>
/// <param name="pulse">Beats as long as the execution is watched over.</param>
internal sealed partial class LeaseExecution(
    TrainerChild trainer, Lease lease, IReadOnlyCollection<Attempt> attempts, AgentOptions options, Closing closing, WorkerMetrics metrics,
    Pulse pulse, TimeProvider time, ILogger log)
{
    // A lost lease trains elsewhere already: its trainer gets the time of a few steps to end by itself and stay warm, no more.
    private static readonly TimeSpan LostPatience = TimeSpan.FromSeconds(3);

    private readonly Dictionary<Held, Attempt> members = attempts.ToDictionary(attempt => attempt.Leased.Held);
    private readonly StallClock clock = new();
    private string? stalled;
    private bool killedForLoss;

    /// <summary>Trains until every attempt has ended, passing on what the trainer tells.</summary>
    /// <param name="hurry">The agent may wait no longer for checkpoints: what goes on is handed back as it was saved last.</param>
    /// <returns>Why the slot needs another trainer; null when this one is fit for another lease.</returns>
    public async Task<StartReason?> Run(CancellationToken hurry)
    {
        trainer.Begin();
        using var over = new CancellationTokenSource();
        var life = KillWhenStalled(over.Token);   // of a trainer that does not even listen, too
        await trainer.Say(new TrainerRequest.Train(lease.Experiments, lease.GroupSize, options.Checkpoints, options.Data));
        var watching = Task.WhenAll(attempts.Select(attempt => StopWhenAsked(attempt, over.Token)).Append(life));
        try
        {
            StartReason? unfit = null;
            await foreach (var said in trainer.Replies.ReadAllAsync(hurry))
            {
                clock.Sign(steps: said is TrainerReply.Alive);
                Hear(said);
                unfit = (said as TrainerReply.Failed)?.Class switch
                {
                    FailureClass.OutOfMemory => StartReason.OutOfMemory,
                    FailureClass.Infrastructure => StartReason.Infrastructure,
                    _ => unfit,
                };
                if (attempts.All(attempt => attempt.HasEnded)) return unfit;
                KillWhenAllIsLost();
            }

            return await Died();
        }
        catch (OperationCanceledException) when (hurry.IsCancellationRequested)
        {
            trainer.Kill();
            foreach (var attempt in attempts.Where(attempt => !attempt.HasEnded))
            {
                attempt.End(new(AttemptResult.Released, Reason: $"worker {options.Worker} {closing.Why} at step {attempt.Uplink.Step} and had no time to save"));
            }

            return StartReason.Died;
        }
        finally
        {
            await over.CancelAsync();
            await watching;
        }
    }

    private void Hear(TrainerReply said)
    {
        switch (said)
        {
            case TrainerReply.Started started when members.TryGetValue(started.Member, out var attempt):
                attempt.Trains(started.Step, started.TotalSteps);
                break;
            case TrainerReply.Stepped stepped:
                metrics.Stepped(stepped.Steps, stepped.Samples, stepped.Seconds);
                break;
            case TrainerReply.Wrote wrote:
                metrics.CheckpointWritten(wrote.Bytes, wrote.Seconds);
                if (members.TryGetValue(wrote.Member, out var writer)) writer.Wrote(wrote.Bytes, wrote.Seconds);
                break;
            case TrainerReply.Read read:
                metrics.CheckpointRead(read.Bytes, read.Seconds);
                break;
            case TrainerReply.Measured measured when members.TryGetValue(measured.Member, out var attempt):
                attempt.Uplink.Measured(measured.Points);
                break;
            case TrainerReply.Saved saved when members.TryGetValue(saved.Member, out var attempt):
                attempt.Uplink.Saved(saved.Checkpoint);
                attempt.Say($"saved after step {saved.Checkpoint.Step}: {saved.Checkpoint.Path}, {saved.Checkpoint.Bytes} bytes");
                break;
            case TrainerReply.Finished finished when members.TryGetValue(finished.Member, out var attempt):
                attempt.End(new(AttemptResult.Succeeded));
                break;
            case TrainerReply.Stopped stopped when members.TryGetValue(stopped.Member, out var attempt):
                attempt.End(new(AttemptResult.Released, Reason: attempt.WhyWantedBack ?? $"worker {options.Worker} {closing.Why} at step {attempt.Uplink.Step}"));
                break;
            case TrainerReply.Failed failed when members.TryGetValue(failed.Member, out var attempt):
                attempt.End(new(AttemptResult.Failed, failed.Class, failed.Reason));
                break;
        }
    }

    private async Task<StartReason> Died()
    {
        var reason = stalled is not null ? StartReason.Hung : killedForLoss ? StartReason.LeaseLost : StartReason.Died;
        foreach (var attempt in attempts.Where(attempt => !attempt.HasEnded))
        {
            var ending = await trainer.HowItEnded(attempt.Uplink.Step);
            attempt.End(stalled is null
                ? new(AttemptResult.Failed, ending.Class, ending.Reason)
                : new(AttemptResult.Failed, FailureClass.Infrastructure, $"{stalled} It was at step {attempt.Uplink.Step}."));
            if (reason == StartReason.Died && ending.Class == FailureClass.OutOfMemory) reason = StartReason.OutOfMemory;
        }

        return reason;
    }

    private async Task StopWhenAsked(Attempt attempt, CancellationToken over)
    {
        using var asked = CancellationTokenSource.CreateLinkedTokenSource(closing.Begun, attempt.WantedBack, attempt.Uplink.Ended, over);
        await Task.Delay(Timeout.Infinite, asked.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (over.IsCancellationRequested || attempt.HasEnded) return;
        if (attempt.WhyWantedBack is { } why) attempt.Say($"asked to save and hand back: {why}");
        else if (closing.Begun.IsCancellationRequested) attempt.Say($"asked to save and hand back: worker {options.Worker} {closing.Why}");
        await trainer.Say(new TrainerRequest.Stop(attempt.Leased.Held));

        // A stop waits for the step and its checkpoint, within the agent's patience; a lost lease does not.
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(attempt.Uplink.Ended, over);
        await Task.Delay(Timeout.Infinite, ended.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Task.Delay(LostPatience, time, over).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (over.IsCancellationRequested) return;
        attempt.IsOverdue = true;
        KillWhenAllIsLost();
    }

    // As long as one member trains under its lease, a lost one that does not end only wastes time.
    private void KillWhenAllIsLost()
    {
        var going = attempts.Where(attempt => !attempt.HasEnded).ToArray();
        if (going.Length == 0 || !going.All(attempt => attempt.IsOverdue)) return;
        killedForLoss = true;
        trainer.Kill();
    }

    private async Task KillWhenStalled(CancellationToken over)
    {
        var tick = options.Stall / StallClock.Ticks;
        while (!over.IsCancellationRequested)
        {
            pulse.Beat(tick);
            await Task.Delay(tick, time, over).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (over.IsCancellationRequested || !clock.Tick()) continue;
            stalled = FormattableString.Invariant(
                $"The trainer gave no sign of life for {(clock.Silent * tick).TotalSeconds:0.#} s, where {(clock.Longest * tick).TotalSeconds:0.#} s was the longest before, so it was killed as hung (VIVIT_STALL_SECONDS is {options.Stall.TotalSeconds:0.#}).");
            using var scope = log.Of(lease.Experiments);
            TrainerHangs(trainer.ProcessId, stalled);
            trainer.Kill();
            return;
        }
    }

    [LoggerMessage(LogLevel.Error, "The trainer with pid {Pid} hangs: {Why}")]
    private partial void TrainerHangs(int pid, string why);
}
