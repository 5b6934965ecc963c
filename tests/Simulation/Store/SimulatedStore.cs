using ViViT.Contracts;
using ViViT.Contracts.DataSets;
using ViViT.Contracts.Experiments;
using ViViT.Contracts.Search;
using ViViT.Contracts.Specs;
using ViViT.Contracts.Sweeps;
using ViViT.Contracts.Wire;
using ViViT.Simulation.Tests.Audits;

namespace ViViT.Simulation.Tests.Store;

/// <summary>
/// What src/Storage does, in memory: every method is one statement (or transaction) of its SQL, atomic, by a clock that is given. That it answers and
/// stores as the SQL does is tested against the SQL (<see cref="ConformanceTests"/>).
/// </summary>
internal sealed partial class SimulatedStore(Func<DateTimeOffset> clock, StoreFault fault = StoreFault.None)
{
    private readonly Dictionary<(string Device, string Shape), int> groupSizes = [];

    public long LastSweep { get; set; }

    public long LastExperiment { get; set; }

    public long LastLease { get; set; }

    /// <summary>Watches what is stored; null where nobody does.</summary>
    public Audit? Audit { get; set; }

    public SortedDictionary<long, StoredSweep> Sweeps { get; } = [];

    public Dictionary<long, StoredExperiment> Experiments { get; } = [];

    public SortedDictionary<string, StoredWorker> Workers { get; } = new(StringComparer.Ordinal);

    private DateTimeOffset Now => clock();

    public SweepId NextSweepId() => new(++LastSweep);

    public void Insert(SweepId id, SweepSpec spec, IReadOnlyList<CellKeys> cells, int expected)
    {
        if (Sweeps.ContainsKey(id.Value)) return;
        var sweep = Sweeps[id.Value] = new StoredSweep(id, spec, expected);
        Copy(sweep, cells);
    }

    public void Extend(SweepId id, int knownResults, IReadOnlyList<SearchResult> results, int knownCells, IReadOnlyList<CellKeys> cells)
    {
        var sweep = Sweeps[id.Value];
        if (sweep.Results.Count != knownResults || sweep.Experiments.Count != knownCells) return;
        sweep.Results.AddRange(results);
        Copy(sweep, cells);
    }

    public IReadOnlyList<SearchResult> Results(SweepId id) => [.. Sweeps[id.Value].Results];

    public IReadOnlyList<SearchResult> NewResults(SweepId id, ObjectiveSpec objective)
    {
        var sweep = Sweeps[id.Value];
        return
        [
            .. from e in sweep.Experiments
               where e.State.IsFinal() && !sweep.Results.Exists(result => result.Ordinal == e.Cell.Ordinal)
               orderby e.StateSince, e.Cell.Ordinal
               let summary = e.State is ExperimentState.Succeeded or ExperimentState.Stopped ? e.Summaries.GetValueOrDefault(objective.Metric) : null
               select new SearchResult(e.Cell.Ordinal, objective.Goal == Goal.Maximize ? summary?.Max : summary?.Min),
        ];
    }

    public StateCounts Counts(SweepId id)
    {
        Span<int> counts = stackalloc int[7];
        foreach (var e in Sweeps[id.Value].Experiments) counts[(int)e.State]++;
        return new(counts[0], counts[1], counts[2], counts[3], counts[4], counts[5], counts[6]);
    }

    public (Sweep Sweep, string ETag)? ReadSweep(SweepId id) =>
        Sweeps.TryGetValue(id.Value, out var row) ? (new Sweep { Id = id, State = row.State }, $"{row.Version}") : null;

    public string? WriteSweep(Sweep sweep, string etag)
    {
        if (!Sweeps.TryGetValue(sweep.Id.Value, out var row) || $"{row.Version}" != etag) return null;
        if (sweep.State is SweepState.Succeeded or SweepState.Failed && row.Experiments.Exists(e => !e.State.IsFinal())) return null;
        row.State = sweep.State;
        return $"{++row.Version}";
    }

    public bool SetPriority(SweepId id, int priority)
    {
        if (!Sweeps.TryGetValue(id.Value, out var row)) return false;
        row.Priority = priority;
        return true;
    }

    public void CancelExperiments(SweepId id, string reason)
    {
        foreach (var e in Sweeps[id.Value].Experiments.Where(e => !e.State.IsFinal()))
        {
            var waited = e is { State: ExperimentState.Queued, Attempt: > 0 };
            if (e.Attempts.LastOrDefault(attempt => attempt.Number == e.Attempt) is { EndedAt: null } open) Close(open, new("cancelled", FailureClass.Cancelled, reason));
            (e.State, e.StateSince, e.Fence, e.Worker, e.LeaseUntil, e.Lease, e.Release, e.ReadyAt, e.Reason) = (ExperimentState.Cancelled, Now, e.Fence + 1, null, null, null, null, null, reason);
            e.Version++;
            if (waited && fault != StoreFault.SummaryLeftCut) RebuildSummaries(e);
            Audit?.Moved(e);
        }
    }

    public IReadOnlyList<ExperimentId> RetryFailed(SweepId id, string reason)
    {
        List<ExperimentId> again = [];
        foreach (var e in Sweeps[id.Value].Experiments.Where(e => e.State == ExperimentState.Failed))
        {
            (e.State, e.StateSince, e.Failures, e.Reason, e.Avoid) = (ExperimentState.Queued, Now, 0, reason, null);
            e.Version++;
            RebuildSummaries(e);
            again.Add(e.Id);
            Audit?.Retried(e);
        }

        return again;
    }

    public (Experiment Experiment, string ETag)? ReadExperiment(ExperimentId id) => !Experiments.TryGetValue(id.Value, out var e) ? null : (
        new Experiment
        {
            Id = id,
            Sweep = e.Sweep.Id,
            State = e.State,
            Fence = e.Fence,
            Attempt = e.Attempt,
            MaxAttempts = e.MaxAttempts,
            Worker = e.Worker,
            Reason = e.Reason,
            Failures = e.Failures,
            Group = e.Group,
            GroupSize = e.GroupSize,
            GroupLimit = e.GroupLimit,
            Accumulate = e.Accumulate,
            Avoid = e.Avoid,
            BatchSize = e.Cell.Spec.Training.BatchSize,
        }, $"{e.Version}");

    public string? WriteExperiment(Experiment next, AttemptEnding? ending, string etag)
    {
        if (!Experiments.TryGetValue(next.Id.Value, out var e) || ($"{e.Version}" != etag && fault != StoreFault.VersionUnchecked)) return null;
        var (before, ended) = (e.State, ending is not null && e.State == ExperimentState.Running ? e.Attempts.Find(attempt => attempt.Number == next.Attempt && attempt.EndedAt is null) : null);
        if (before != next.State) (e.State, e.StateSince) = (next.State, Now);
        (e.Fence, e.Attempt, e.Failures, e.Worker, e.Reason, e.Avoid, e.Accumulate, e.GroupLimit, e.GroupSize) =
            (next.Fence, next.Attempt, next.Failures, next.Worker, next.Reason, next.Avoid, next.Accumulate, next.GroupLimit, next.GroupSize);
        if (next.State != ExperimentState.Running) (e.LeaseUntil, e.Lease, e.Release) = (null, null, null);
        e.ReadyAt = next.State == ExperimentState.Queued && next.Backoff > TimeSpan.Zero && fault != StoreFault.BackoffIgnored ? Now + next.Backoff : null;
        if (fault == StoreFault.GroupForgotten && next.State == ExperimentState.Queued) e.GroupSize = null;
        if (e.GroupSize is null) (e.Group, e.GroupPlace) = (null, null);
        e.Version++;
        if (ended is not null) Close(ended, ending!);
        if (next.State == ExperimentState.Queued || (ending is null && next.State is ExperimentState.Cancelled or ExperimentState.Stopped && fault != StoreFault.SummaryLeftCut)) RebuildSummaries(e);
        Audit?.Written(e, before, next, ending);
        return $"{e.Version}";
    }

    public IReadOnlyList<AttemptRow> Attempts(ExperimentId id) => Experiments.TryGetValue(id.Value, out var e)
        ? [.. e.Attempts.Select(one => new AttemptRow(one.Number, one.Fence, one.Worker, one.Resumed, one.StartedAt, one.EndedAt, one.Ending?.Outcome, one.Ending?.Reason, one.Ending?.Class))]
        : [];

    public void StoreGroupSize(MeasuredShape measured) => groupSizes.TryAdd((measured.DeviceKind, measured.Shape), measured.Size);

    private void Close(StoredAttempt attempt, AttemptEnding ending) => (attempt.EndedAt, attempt.Ending) = (Now, ending);

    private void Copy(StoredSweep sweep, IReadOnlyList<CellKeys> cells)
    {
        foreach (var (cell, group, shape) in cells)
        {
            var row = new StoredExperiment(new(++LastExperiment), sweep, cell, group, shape) { StateSince = Now, MaxAttempts = sweep.Spec.MaxAttempts, GroupLimit = sweep.Spec.Group.Size };
            sweep.Experiments.Add(row);
            Experiments[row.Id.Value] = row;
        }
    }
}

/// <summary>A cell with the hashes that its row gets, which take longer to compute than a simulation should.</summary>
internal sealed record CellKeys(Cell Cell, string GroupKey, string? ShapeKey)
{
    public static CellKeys Of(Cell cell) => new(
        cell, cell.GroupKey, DataSetCatalogue.Find(cell.Spec.Data.Name) is { } set ? Contracts.Specs.GroupKey.ShapeOf(cell.Spec, set.Size, set.Classes) : null);
}
