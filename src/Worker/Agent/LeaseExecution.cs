using ViViT.Contracts.Experiments;
using ViViT.Contracts.Wire;
using ViViT.Worker.TrainerProcess;

namespace ViViT.Worker.Agent;

/// <summary>The experiments of one lease in a trainer process, trained as one: each from the request to its own end.</summary>
/// <param name="attempts">One for each experiment of the lease.</param>
internal sealed class LeaseExecution(TrainerChild trainer, Lease lease, IReadOnlyCollection<Attempt> attempts, AgentOptions options, TimeProvider time)
{
    // A lost lease trains elsewhere already: its trainer gets the time of a few steps to end by itself and stay warm, no more.
    private static readonly TimeSpan LostPatience = TimeSpan.FromSeconds(3);

    private readonly Dictionary<Held, Attempt> members = attempts.ToDictionary(attempt => attempt.Leased.Held);

    /// <summary>Trains until every attempt has ended, passing on what the trainer tells.</summary>
    /// <param name="stop">The agent stops: the trainer saves where it is, and the experiments are handed back.</param>
    /// <param name="abandon">The agent may wait no longer.</param>
    /// <returns>Whether the trainer is fit for another lease.</returns>
    public async Task<bool> Run(CancellationToken stop, CancellationToken abandon)
    {
        await trainer.Say(new TrainerRequest.Train(lease.Experiments, lease.GroupSize, options.Checkpoints, options.Data));
        using var over = new CancellationTokenSource();
        var watching = Task.WhenAll(attempts.Select(attempt => StopWhenAsked(attempt, stop, over.Token)));
        try
        {
            var fit = true;
            await foreach (var said in trainer.Replies.ReadAllAsync(abandon))
            {
                Hear(said);
                fit &= said is not TrainerReply.Failed { Class: FailureClass.Infrastructure };
                if (attempts.All(attempt => attempt.HasEnded)) return fit;
                KillWhenAllIsLost();
            }

            foreach (var attempt in attempts.Where(attempt => !attempt.HasEnded))
            {
                attempt.End(new(AttemptResult.Failed, FailureClass.Infrastructure, await trainer.HowItEnded(attempt.Uplink.Step)));
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
                break;
            case TrainerReply.Measured measured when members.TryGetValue(measured.Member, out var attempt):
                attempt.Uplink.Measured(measured.Points);
                break;
            case TrainerReply.Saved saved when members.TryGetValue(saved.Member, out var attempt):
                attempt.Uplink.Saved(saved.Checkpoint);
                break;
            case TrainerReply.Finished finished when members.TryGetValue(finished.Member, out var attempt):
                attempt.End(new(AttemptResult.Succeeded));
                break;
            case TrainerReply.Stopped stopped when members.TryGetValue(stopped.Member, out var attempt):
                attempt.End(new(AttemptResult.Released, Reason: $"worker {options.Worker} stopped at step {attempt.Uplink.Step}"));
                break;
            case TrainerReply.Failed failed when members.TryGetValue(failed.Member, out var attempt):
                attempt.End(new(AttemptResult.Failed, failed.Class, failed.Reason));
                break;
        }
    }

    private async Task StopWhenAsked(Attempt attempt, CancellationToken stop, CancellationToken over)
    {
        using var asked = CancellationTokenSource.CreateLinkedTokenSource(stop, attempt.Uplink.Ended, over);
        await Task.Delay(Timeout.Infinite, asked.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (over.IsCancellationRequested || attempt.HasEnded) return;
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
}
