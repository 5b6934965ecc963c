using ViViT.Contracts.Experiments;
using ViViT.Contracts.Wire;
using ViViT.Simulation.Tests.Engine;
using ViViT.Worker.Agent;
using ViViT.Worker.TrainerProcess;

namespace ViViT.Simulation.Tests.Actors;

/// <summary>What AttemptUplink does with one attempt's effects: its buffer and its window are the real ones.</summary>
internal sealed class Uplink
{
    private const int PointsPerFlush = 5;
    private const int FlushesPerMessage = 3;
    private static readonly TimeSpan GatherTime = TimeSpan.FromSeconds(0.7);
    private static readonly TimeSpan AfterGap = TimeSpan.FromSeconds(1);

    private readonly World world;
    private readonly Worker worker;
    private readonly HeldLease lease;
    private readonly EffectBuffer buffer = new(limit: 10_000);
    private readonly FlushWindow window;
    private readonly Answer<AttemptOutcome?> told = new();
    private Answer<bool> wake = new();
    private CheckpointManifest? newest;
    private long? begins;
    private long total;
    private TimeSpan gatheringSince;

    public Uplink(World world, Worker worker, LeasedExperiment leased)
    {
        (this.world, this.worker, lease, newest) = (world, worker, worker.Hold(leased.Held), leased.ResumeFrom);
        window = new(leased.Held);
        lease.OnLost = Wake;
        world.Start(Deliver);
    }

    public HeldLease Lease => lease;

    public void Started(long step, long totalSteps)
    {
        (begins, total) = (step, totalSteps);
        Wake();
    }

    public void Measured(IReadOnlyList<MetricPoint> points)
    {
        if (buffer.WaitingPoints == 0) gatheringSince = world.Agenda.Now;
        buffer.Add(points);
        Wake();
    }

    public void Saved(CheckpointManifest checkpoint)
    {
        buffer.Add(checkpoint);
        Wake();
    }

    /// <summary>Sends what is left and then the outcome; null when nobody wants it any more.</summary>
    public Answer<AttemptOutcome?> Finish(AttemptOutcome outcome)
    {
        buffer.End(outcome);
        Wake();
        return told;
    }

    private void Wake() => wake.Give(true);

    private async Task Deliver()
    {
        while (!lease.IsLost)
        {
            if (begins is not null || Flushes())
            {
                await SendFlushes();
            }
            else if (buffer.WaitingPoints == 0 && buffer.Checkpoint is not null)
            {
                await SendCheckpoint();
            }
            else if (buffer.WaitingPoints == 0 && buffer.Outcome is { } outcome)
            {
                if (await Tell((silo, turn) => silo.Report(turn, lease.Held.Experiment, new ExperimentEvent.AttemptEnded(lease.Held.Fence, outcome))) is null) break;
                worker.LetGo(lease);
                told.Give(outcome);
                return;
            }
            else
            {
                wake = new();
                if (buffer.WaitingPoints > 0) world.Agenda.At(gatheringSince + GatherTime, worker.Life, Wake);
                await wake;
            }
        }

        worker.LetGo(lease);
        told.Give(null);
    }

    private bool Flushes() => buffer.WaitingPoints > 0 && (buffer.WaitingPoints >= PointsPerFlush || buffer.Urgent || world.Agenda.Now - gatheringSince >= GatherTime);

    private async Task SendFlushes()
    {
        if (begins is { } first) window.Announce(first, total);
        begins = null;
        for (var i = 0; i < FlushesPerMessage && buffer.WaitingPoints > 0; i++) window.Seal(buffer.TakePoints(PointsPerFlush), total);
        gatheringSince = world.Agenda.Now;
        while (window.Unacknowledged.Count > 0)
        {
            var sent = window.Unacknowledged.ToArray();
            if (await Tell((silo, turn) => silo.Flush(turn, sent)) is not { } replies) return;
            switch (window.Acknowledge(replies))
            {
                case ReportStatus.LeaseLost:
                    lease.Lose();
                    return;
                case ReportStatus.Gap:
                    await world.Agenda.Wait(worker.Life, AfterGap);
                    break;
            }
        }
    }

    private async Task SendCheckpoint()
    {
        var checkpoint = buffer.TakeCheckpoint();
        gatheringSince = world.Agenda.Now;
        if (await Tell((silo, turn) => silo.Commit(turn, new(lease.Held.Experiment, lease.Held.Fence, checkpoint))) is not { } reply) return;
        if (reply.Status == ReportStatus.LeaseLost)
        {
            lease.Lose();
            return;
        }

        world.Disk.Prune(lease.Held.Experiment, newest is null ? [checkpoint] : [newest, checkpoint]);
        newest = checkpoint;
    }

    private Task<T?> Tell<T>(Func<Silo, Turn, Task<T>> handle)
        where T : class => world.Network.UntilAnswered(worker.Life, () => !lease.IsLost, handle);
}
