using ViViT.Contracts.Experiments;
using ViViT.Contracts.Wire;
using ViViT.Worker.TrainerProcess;

namespace ViViT.Worker.Agent;

/// <summary>One attempt in a trainer process, from the request to the outcome.</summary>
internal sealed class AttemptExecution(TrainerChild trainer, LeasedExperiment leased, AttemptUplink uplink, AgentOptions options, TimeProvider time)
{
    // A lost lease trains elsewhere already: its trainer gets the time of a few steps to end by itself and stay warm, no more.
    private static readonly TimeSpan LostPatience = TimeSpan.FromSeconds(3);

    /// <summary>Trains until the end, a failure, or until stopped, passing on what the trainer tells.</summary>
    /// <param name="stop">The agent stops: the trainer saves where it is, and the experiment is handed back.</param>
    /// <param name="abandon">The agent may wait no longer.</param>
    /// <returns>The outcome, and whether the trainer is fit for another training.</returns>
    public async Task<(AttemptOutcome Outcome, bool TrainerIsFit)> Run(CancellationToken stop, CancellationToken abandon)
    {
        await trainer.Say(new TrainerRequest.Train(leased, options.Checkpoints, options.Data));
        using var over = new CancellationTokenSource();
        var stopping = StopWhenAsked(stop, over.Token);
        try
        {
            await foreach (var said in trainer.Replies.ReadAllAsync(abandon))
            {
                if (Hear(said) is { } end) return (end, end.Class != FailureClass.Infrastructure);
            }

            return (new(AttemptResult.Failed, FailureClass.Infrastructure, await trainer.HowItEnded(uplink.Step)), false);
        }
        finally
        {
            await over.CancelAsync();
            await stopping;
        }
    }

    // The outcome when that was the end.
    private AttemptOutcome? Hear(TrainerReply said)
    {
        switch (said)
        {
            case TrainerReply.Started started:
                uplink.Started(started.Step, started.TotalSteps);
                return null;
            case TrainerReply.Measured measured:
                uplink.Measured(measured.Points);
                return null;
            case TrainerReply.Saved saved:
                uplink.Saved(saved.Checkpoint);
                return null;
            case TrainerReply.Finished:
                return new(AttemptResult.Succeeded);
            case TrainerReply.Stopped:
                return new(AttemptResult.Released, Reason: $"worker {options.Worker} stopped at step {uplink.Step}");
            case TrainerReply.Failed failed:
                return new(AttemptResult.Failed, failed.Class, failed.Reason);
            default:
                return null;
        }
    }

    private async Task StopWhenAsked(CancellationToken stop, CancellationToken over)
    {
        using var asked = CancellationTokenSource.CreateLinkedTokenSource(stop, uplink.Ended, over);
        await Task.Delay(Timeout.Infinite, asked.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (over.IsCancellationRequested) return;
        await trainer.Say(new TrainerRequest.Stop(new(leased.Id, leased.Fence)));

        // A stop waits for the step and its checkpoint, within the agent's patience; a lost lease does not.
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(uplink.Ended, over);
        await Task.Delay(Timeout.Infinite, ended.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Task.Delay(LostPatience, time, over).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!over.IsCancellationRequested) trainer.Kill();
    }
}
