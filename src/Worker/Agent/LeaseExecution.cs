using Microsoft.Extensions.Logging;
using ViViT.Contracts.Experiments;
using ViViT.Contracts.Wire;
using ViViT.Worker.TrainerProcess;

namespace ViViT.Worker.Agent;

/// <summary>The experiments of one lease in a trainer process, trained as one: each from the request to its own end.</summary>
/// <param name="attempts">One for each experiment of the lease.</param>
/// <param name="closing">When it begins, the trainer saves where it is, and the experiments are handed back.</param>
internal sealed partial class LeaseExecution(
    TrainerChild trainer, Lease lease, IReadOnlyCollection<Attempt> attempts, AgentOptions options, Closing closing, TimeProvider time, ILogger log)
{
    // A lost lease trains elsewhere already: its trainer gets the time of a few steps to end by itself and stay warm, no more.
    private static readonly TimeSpan LostPatience = TimeSpan.FromSeconds(3);

    private readonly Dictionary<Held, Attempt> members = attempts.ToDictionary(attempt => attempt.Leased.Held);
    private readonly StallClock clock = new();
    private string? stalled;

    /// <summary>Trains until every attempt has ended, passing on what the trainer tells.</summary>
    /// <param name="abandon">The agent may wait no longer.</param>
    /// <returns>Whether the trainer is fit for another lease.</returns>
    public async Task<bool> Run(CancellationToken abandon)
    {
        trainer.Begin();
        using var over = new CancellationTokenSource();
        var life = KillWhenStalled(over.Token);   // of a trainer that does not even listen, too
        await trainer.Say(new TrainerRequest.Train(lease.Experiments, lease.GroupSize, options.Checkpoints, options.Data));
        var watching = Task.WhenAll(attempts.Select(attempt => StopWhenAsked(attempt, over.Token)).Append(life));
        try
        {
            var fit = true;
            await foreach (var said in trainer.Replies.ReadAllAsync(abandon))
            {
                clock.Sign(steps: said is TrainerReply.Alive);
                Hear(said);
                fit &= said is not TrainerReply.Failed { Class: FailureClass.Infrastructure or FailureClass.OutOfMemory };
                if (attempts.All(attempt => attempt.HasEnded)) return fit;
                KillWhenAllIsLost();
            }

            foreach (var attempt in attempts.Where(attempt => !attempt.HasEnded))
            {
                attempt.End(await HowItDied(attempt.Uplink.Step));
            }

            return false;
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
                attempt.Uplink.Started(started.Step, started.TotalSteps);
                attempt.Say(started.Step == 0 ? $"training starts: {started.TotalSteps} steps" : $"training goes on after step {started.Step} of {started.TotalSteps}");
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

    private async Task<AttemptOutcome> HowItDied(long step)
    {
        var ending = await trainer.HowItEnded(step);
        return stalled is null
            ? new(AttemptResult.Failed, ending.Class, ending.Reason)
            : new(AttemptResult.Failed, FailureClass.Infrastructure, $"{stalled} It was at step {step}.");
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
        if (going.Length > 0 && going.All(attempt => attempt.IsOverdue)) trainer.Kill();
    }

    private async Task KillWhenStalled(CancellationToken over)
    {
        var tick = options.Stall / StallClock.Ticks;
        while (!over.IsCancellationRequested)
        {
            await Task.Delay(tick, time, over).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (over.IsCancellationRequested || !clock.Tick()) continue;
            stalled = FormattableString.Invariant(
                $"The trainer gave no sign of life for {(clock.Silent * tick).TotalSeconds:0.#} s, where {(clock.Longest * tick).TotalSeconds:0.#} s was the longest before, so it was killed as hung (VIVIT_STALL_SECONDS is {options.Stall.TotalSeconds:0.#}).");
            TrainerHangs(trainer.ProcessId, stalled);
            trainer.Kill();
            return;
        }
    }

    [LoggerMessage(LogLevel.Error, "The trainer with pid {Pid} hangs: {Why}")]
    private partial void TrainerHangs(int pid, string why);
}
