using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using ViViT.Contracts.Experiments;
using ViViT.Contracts.Wire;
using ViViT.Worker.Telemetry;
using ViViT.Worker.TrainerProcess;

namespace ViViT.Worker.Agent;

/// <summary>
/// Brings the effects of one attempt to the server, each exactly once and in order: points up to a step, the checkpoint of that step,
/// …, the outcome. Every message is repeated until the server has answered it; the fence and the flush number make a repeat harmless.
/// </summary>
internal sealed partial class AttemptUplink : IAsyncDisposable
{
    private const int PointsPerFlush = 500;
    private const int FlushesPerMessage = 20;
    private static readonly TimeSpan GatherTime = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan AfterGap = TimeSpan.FromSeconds(1);

    private readonly ControlPlaneClient client;
    private readonly ServerLink link;
    private readonly HeldLease lease;
    private readonly CommittedCheckpoints committed;
    private readonly WorkerMetrics metrics;
    private readonly TimeProvider time;
    private readonly ILogger log;
    private readonly Lock gate = new();
    private readonly EffectBuffer buffer;
    private readonly FlushWindow window;
    private readonly Channel<bool> wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly CancellationTokenSource over;
    private readonly CancellationTokenSource ended;
    private readonly Task<AttemptOutcome?> delivery;
    private long gatheringSince;
    private long totalSteps;
    private long told;
    private long? begins;

    /// <param name="abandon">Cancelled when the agent may wait no longer.</param>
    public AttemptUplink(
        ControlPlaneClient client, ServerLink link, HeldLease lease, CommittedCheckpoints committed, WorkerMetrics metrics, TimeProvider time, ILogger log,
        CancellationToken abandon, int limit = 100_000)
    {
        (this.client, this.link, this.lease, this.committed, this.metrics, this.time, this.log) = (client, link, lease, committed, metrics, time, log);
        buffer = new(limit);
        window = new(lease.Held);
        over = CancellationTokenSource.CreateLinkedTokenSource(lease.Lost, abandon);
        ended = CancellationTokenSource.CreateLinkedTokenSource(lease.Lost);
        delivery = Deliver();
    }

    /// <summary>Cancelled when going on is pointless: the lease is lost, or the server refuses what the attempt says.</summary>
    public CancellationToken Ended => ended.Token;

    /// <summary>The last step that the trainer told of.</summary>
    public long Step { get; private set; }

    /// <summary>Takes lines for the attempt's log.</summary>
    public Action<string>? Say { get; init; }

    /// <summary>Hears that a checkpoint was committed.</summary>
    public Action? Committed { get; init; }

    /// <summary>Tells the server at once how far the training goes.</summary>
    public void Started(long step, long total)
    {
        lock (gate)
        {
            (Step, totalSteps, begins) = (step, total, step);
        }

        Wake();
    }

    public void Measured(IReadOnlyList<MetricPoint> points)
    {
        if (points.Count == 0) return;
        long dropped;
        lock (gate)
        {
            var droppedBefore = buffer.Dropped;
            if (buffer.WaitingPoints == 0) gatheringSince = time.GetTimestamp();
            buffer.Add(points);
            Step = Math.Max(Step, points[^1].Step);
            dropped = buffer.Dropped - droppedBefore;
            TellBuffered();
        }

        if (dropped > 0)
        {
            metrics.Coarsened(dropped);
            PointsDropped(lease.Held.Experiment.Value, dropped);
            Say?.Invoke($"the server is away for long: {dropped} points were dropped, every second one of each metric; the checkpoints are not concerned");
        }

        Wake();
    }

    public void Saved(CheckpointManifest checkpoint)
    {
        lock (gate)
        {
            buffer.Add(checkpoint);
            Step = Math.Max(Step, checkpoint.Step);
        }

        Wake();
    }

    /// <summary>Sends what is left and then the outcome.</summary>
    /// <returns>The outcome that the server has: this one, or that it refused an effect; null when nobody wants it any more.</returns>
    public Task<AttemptOutcome?> Finish(AttemptOutcome outcome)
    {
        lock (gate)
        {
            buffer.End(outcome);
        }

        Wake();
        return delivery;
    }

    /// <summary>Sends nothing more.</summary>
    public async ValueTask DisposeAsync()
    {
        await over.CancelAsync();
        await ((Task)delivery).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        metrics.Buffered(-told);
        over.Dispose();
        ended.Dispose();
    }

    private void Wake() => wake.Writer.TryWrite(true);

    private async Task<AttemptOutcome?> Deliver()
    {
        try
        {
            try
            {
                return await DeliverInOrder();
            }
            catch (RequestRefusedException refused)
            {
                EffectRefused(refused, lease.Held.Experiment.Value, lease.Held.Fence);
                await ended.CancelAsync();
                return await ReportRefusal(refused);
            }
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested)
        {
            // The lease is another's now, or this process ends: the next attempt continues from the last committed checkpoint.
            return null;
        }
        catch
        {
            await ended.CancelAsync();
            throw;
        }
    }

    private async Task<AttemptOutcome> DeliverInOrder()
    {
        while (true)
        {
            switch (await Next())
            {
                case Effect.Points:
                    await SendFlushes();
                    break;
                case Effect.Checkpoint:
                    await SendCheckpoint();
                    break;
                default:
                    return await SendOutcome(buffer.Outcome!);
            }
        }
    }

    private enum Effect
    {
        Points,
        Checkpoint,
        Outcome,
    }

    // Waits until something should go: where the training starts, 500 points, or one that is a second old, or points with something behind them.
    private async Task<Effect> Next()
    {
        while (true)
        {
            var wait = Timeout.InfiniteTimeSpan;
            lock (gate)
            {
                if (begins is not null) return Effect.Points;
                if (buffer.WaitingPoints > 0)
                {
                    wait = GatherTime - time.GetElapsedTime(gatheringSince);
                    if (buffer.WaitingPoints >= PointsPerFlush || buffer.Urgent || wait <= TimeSpan.Zero) return Effect.Points;
                }
                else if (buffer.Checkpoint is not null)
                {
                    return Effect.Checkpoint;
                }
                else if (buffer.Outcome is not null)
                {
                    return Effect.Outcome;
                }
            }

            using var due = new CancellationTokenSource(wait, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(due.Token, over.Token);
            try
            {
                await wake.Reader.ReadAsync(either.Token);
            }
            catch (OperationCanceledException) when (!over.IsCancellationRequested)
            {
                // The oldest point has waited long enough.
            }
        }
    }

    private async Task SendFlushes()
    {
        lock (gate)
        {
            if (begins is { } first) window.Announce(first, totalSteps);
            begins = null;
            for (var i = 0; i < FlushesPerMessage && buffer.WaitingPoints > 0; i++) window.Seal(buffer.TakePoints(PointsPerFlush), totalSteps);
            gatheringSince = time.GetTimestamp();
        }

        while (window.Unacknowledged.Count > 0)
        {
            var replies = await link.UntilAnswered(Flush, over.Token);
            ReportStatus status;
            lock (gate)
            {
                status = window.Acknowledge(replies);
                TellBuffered();
            }

            switch (status)
            {
                case ReportStatus.LeaseLost:
                    await Lose();
                    break;
                case ReportStatus.Gap:
                    await link.Pause(AfterGap, over.Token);
                    break;
            }
        }
    }

    private async Task<IReadOnlyList<ReportReply>> Flush(CancellationToken cancellation)
    {
        IReadOnlyList<ReportReply> replies = [];
        try
        {
            replies = await client.Flush(window.Unacknowledged, cancellation);
            return replies;
        }
        finally
        {
            foreach (var reply in replies) metrics.Flushed(ResultOf(reply.Status));
            if (replies.Count == 0 && !cancellation.IsCancellationRequested) metrics.Flushed(FlushResult.Failed, window.Unacknowledged.Count);
        }
    }

    private static FlushResult ResultOf(ReportStatus status) => status switch
    {
        ReportStatus.Accepted => FlushResult.Stored,
        ReportStatus.Duplicate => FlushResult.Duplicate,
        ReportStatus.Gap => FlushResult.Gap,
        _ => FlushResult.Fenced,
    };

    // Points that the server has not acknowledged, as a difference to what was told before. Under the gate.
    private void TellBuffered()
    {
        var now = buffer.AllPoints + window.Points;
        metrics.Buffered(now - told);
        told = now;
    }

    private async Task SendCheckpoint()
    {
        CheckpointManifest checkpoint;
        lock (gate)
        {
            checkpoint = buffer.TakeCheckpoint();
            gatheringSince = time.GetTimestamp();
        }

        var reply = await link.UntilAnswered(
            cancellation => client.Commit(new(lease.Held.Experiment, lease.Held.Fence, checkpoint), cancellation), over.Token);
        if (reply.Status == ReportStatus.LeaseLost) await Lose();
        committed.Add(checkpoint);
        Committed?.Invoke();
    }

    private async Task<AttemptOutcome> SendOutcome(AttemptOutcome outcome)
    {
        await link.UntilAnswered(cancellation => client.Report(new(lease.Held.Experiment, lease.Held.Fence, outcome), cancellation), over.Token);
        return outcome;
    }

    // Something that this worker says is wrong, and saying it again will not help: the attempt ends, another may fare better elsewhere.
    private async Task<AttemptOutcome?> ReportRefusal(RequestRefusedException refused)
    {
        try
        {
            return await SendOutcome(new(AttemptResult.Failed, FailureClass.Infrastructure, $"the server refused an effect of this attempt: {refused.Message}"));
        }
        catch (RequestRefusedException again)
        {
            OutcomeRefused(again, lease.Held.Experiment.Value, lease.Held.Fence);
            return null;
        }
    }

    private async Task Lose()
    {
        EffectTooLate(lease.Held.Experiment.Value, lease.Held.Fence);
        lease.Lose();
        await over.CancelAsync();
        over.Token.ThrowIfCancellationRequested();
    }
}
