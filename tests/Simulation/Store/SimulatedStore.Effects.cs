using ViViT.Contracts;
using ViViT.Contracts.Experiments;
using ViViT.Contracts.Search;
using ViViT.Contracts.Wire;
using ViViT.Storage;

namespace ViViT.Simulation.Tests.Store;

/// <summary>src/Storage/Metrics.cs, Checkpoints.cs and Judgements.cs.</summary>
internal sealed partial class SimulatedStore
{
    public IReadOnlyList<ReportReply> Flush(IReadOnlyList<MetricFlush> flushes)
    {
        var replies = new ReportReply[flushes.Count];
        List<int>? refused = null;
        foreach (var index in Enumerable.Range(0, flushes.Count).OrderBy(i => flushes[i].Experiment.Value).ThenBy(i => i))
        {
            if (Accept(flushes[index]) is { } next) replies[index] = new(ReportStatus.Accepted, next);
            else (refused ??= []).Add(index);
        }

        foreach (var index in refused ?? []) replies[index] = WhyRefused(flushes[index]);
        return replies;
    }

    public ReportReply Commit(CheckpointCommit commit)
    {
        var manifest = commit.Checkpoint;
        if (!Experiments.TryGetValue(commit.Experiment.Value, out var e)) return new(ReportStatus.LeaseLost);
        if ((e.Fence == commit.Fence || fault == StoreFault.FenceUnchecked) && e.State == ExperimentState.Running && (e.Checkpoint?.Step ?? -1) < manifest.Step)
        {
            e.Checkpoint = manifest;
            e.Checkpoints.Add((commit.Fence, manifest.Step));
            Audit?.Committed(e, commit);
            return new(ReportStatus.Accepted);
        }

        return new(e.Checkpoints.Contains((commit.Fence, manifest.Step)) ? ReportStatus.Duplicate : ReportStatus.LeaseLost);
    }

    /// <summary>The history of one metric: each step once, rising.</summary>
    public List<(long Step, double Value)> Curve(StoredExperiment e, string metric)
    {
        List<(long Step, double Value)> points = [];
        var until = e.State == ExperimentState.Queued ? e.Checkpoint?.Step ?? -1 : long.MaxValue;
        for (var i = e.Attempts.Count - 1; i >= 0; i--)
        {
            foreach (var chunk in e.Attempts[i].Chunks)
            {
                if (chunk.Metric != metric) continue;
                for (var p = 0; p < chunk.Steps.Length; p++)
                {
                    if (chunk.Steps[p] <= until || fault == StoreFault.LineageUncut) points.Add((chunk.Steps[p], chunk.Values[p]));
                }
            }

            until = Math.Min(until, e.Attempts[i].Resumed ?? -1);
        }

        points.Sort((a, b) => a.Step.CompareTo(b.Step));
        return points;
    }

    public IReadOnlyList<Curve> Curves(ExperimentId id) => !Experiments.TryGetValue(id.Value, out var e) ? [] :
    [
        .. from metric in Names(e)
           let points = Curve(e, metric)
           where points.Count > 0
           select new Curve(metric, [.. points.Select(point => point.Step)], [.. points.Select(point => point.Value)]),
    ];

    public IReadOnlyList<Judgement> Judgements(SweepId id) => [.. Sweeps[id.Value].Judgements.Select(one => one.Judgement)];

    public IReadOnlyList<(ExperimentId Experiment, Judgement Judgement)> JudgedToStop(SweepId id) =>
        [.. Sweeps[id.Value].Judgements.Where(one => one.Judgement.Stop && Experiments[one.Experiment.Value].State is ExperimentState.Queued or ExperimentState.Running)];

    public IReadOnlyList<DueReport> Due(SweepId id, string metric, IReadOnlySet<ExperimentId> done)
    {
        var sweep = Sweeps[id.Value];
        List<DueReport>? due = null;
        foreach (var e in sweep.Experiments)
        {
            if (e.State is not (ExperimentState.Queued or ExperimentState.Running) && (e.State != ExperimentState.Succeeded || done.Contains(e.Id))) continue;
            if (e.Attempts.LastOrDefault() is not { TotalSteps: > 0 and var total } || !e.Summaries.TryGetValue(metric, out var summary)) continue;
            var judged = sweep.Judgements.Where(one => one.Experiment == e.Id).Select(one => one.Judgement.Epoch).DefaultIfEmpty(0).Max();
            var epochs = e.Cell.Spec.Training.Epochs;
            if (summary.LastStep * epochs / total <= judged) continue;
            (due ??= []).AddRange(Curve(e, metric).Select(point => (Epoch: (int)(point.Step * epochs / total), point.Value)).Where(point => point.Epoch > judged)
                .Select(point => new DueReport(e.Id, e.Cell.Ordinal, e.Cell.Spec.Data.Name, e.State == ExperimentState.Succeeded, epochs, point.Epoch, point.Value)));
        }

        return due is null ? [] : [.. due.OrderBy(one => one.Epoch).ThenBy(one => one.Ordinal)];
    }

    public bool AddJudgement(SweepId id, int seq, ExperimentId experiment, Judgement judgement)
    {
        var judgements = Sweeps[id.Value].Judgements;
        if (fault != StoreFault.JudgementUnnumbered && (seq < judgements.Count || judgements.Exists(one => one.Experiment == experiment && one.Judgement.Epoch == judgement.Epoch))) return false;
        judgements.Add((experiment, judgement));
        return true;
    }

    private int? Accept(MetricFlush flush)
    {
        if (!Experiments.TryGetValue(flush.Experiment.Value, out var e)) return null;
        var attempt = fault == StoreFault.FenceUnchecked ? e.Attempts.LastOrDefault() : e.Attempts.Find(one => one.Fence == flush.Fence);
        if (attempt is not { EndedAt: null } || (attempt.NextSeq != flush.Seq && fault != StoreFault.FlushNumberUnchecked)) return null;
        attempt.NextSeq = Math.Max(attempt.NextSeq, flush.Seq + 1);
        attempt.Step = Math.Max(attempt.Step, flush.Step);
        attempt.TotalSteps = flush.TotalSteps;
        foreach (var chunks in flush.Chunks.GroupBy(chunk => chunk.Metric))
        {
            var (steps, values) = (chunks.SelectMany(chunk => chunk.Steps).ToArray(), chunks.SelectMany(chunk => chunk.Values).ToArray());
            if (steps.Length == 0) continue;
            attempt.Chunks.Add((chunks.Key, flush.Seq, steps, values));
            e.Summaries[chunks.Key] = Together(e.Summaries.GetValueOrDefault(chunks.Key), SummaryOf(steps[^1], values));
        }

        Audit?.Flushed(e, flush);
        return attempt.NextSeq;
    }

    private ReportReply WhyRefused(MetricFlush flush) =>
        (Experiments.GetValueOrDefault(flush.Experiment.Value)?.Attempts.Find(one => one.Fence == flush.Fence)) switch
        {
            { } attempt when attempt.NextSeq > flush.Seq => new(ReportStatus.Duplicate, attempt.NextSeq),
            { EndedAt: null } attempt => new(ReportStatus.Gap, attempt.NextSeq),
            _ => new(ReportStatus.LeaseLost),
        };

    private void RebuildSummaries(StoredExperiment e)
    {
        var names = Names(e);
        e.Summaries.Clear();
        foreach (var metric in names)
        {
            var points = Curve(e, metric);
            if (points.Count > 0) e.Summaries[metric] = SummaryOf(points[^1].Step, [.. points.Select(point => point.Value)]);
        }
    }

    private static SortedSet<string> Names(StoredExperiment e) => new(e.Attempts.SelectMany(attempt => attempt.Chunks).Select(chunk => chunk.Metric), StringComparer.Ordinal);

    private static StoredSummary SummaryOf(long lastStep, double[] values)
    {
        double? min = null, max = null;
        var odd = 0;
        foreach (var value in values)
        {
            if (!double.IsFinite(value)) odd++;
            else (min, max) = (min is { } least && least < value ? least : value, max is { } most && most > value ? most : value);
        }

        return new(values.Length, lastStep, values[^1], min, max, odd);
    }

    private static StoredSummary Together(StoredSummary? before, StoredSummary after) => before is null ? after : new(
        before.Count + after.Count, after.LastStep, after.LastValue,
        before.Min is { } a && after.Min is { } b ? Math.Min(a, b) : before.Min ?? after.Min,
        before.Max is { } c && after.Max is { } d ? Math.Max(c, d) : before.Max ?? after.Max, before.NonFinite + after.NonFinite);
}
