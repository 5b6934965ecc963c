using System.Globalization;
using System.Text.Json;
using Npgsql;
using ViViT.Contracts;
using ViViT.Contracts.Experiments;
using ViViT.Contracts.Search;
using ViViT.Contracts.Specs;
using ViViT.Contracts.Sweeps;
using ViViT.Contracts.Wire;
using ViViT.Simulation.Tests.Engine;
using ViViT.Storage;

namespace ViViT.Simulation.Tests.Store;

/// <summary>The simulated store and the database, given the same operations one after the other. A sequence has a pool, sweeps and workers of its own.</summary>
internal sealed class StorePair
{
    private static readonly DateTimeOffset T0 = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Term = TimeSpan.FromSeconds(15);
    private static readonly SweepSpec Spec = new()
    {
        Name = "conformance",
        Experiment = new() { Data = new() { Name = "shapes3d" }, Training = new() { Epochs = 5, BatchSize = 4 } },
        Grid = new Dictionary<string, IReadOnlyList<JsonElement>>
        {
            ["training.learning_rate"] = [.. Enumerable.Range(1, 4).Select(rate => JsonSerializer.SerializeToElement(rate * 1e-3))],
            ["training.batch_size"] = [JsonSerializer.SerializeToElement(2), JsonSerializer.SerializeToElement(4)],
        },
    };

    private static readonly Cell[] Cells = [.. SearchPlan.Next(Spec, 0, [])];
    private static readonly CellKeys[] Keys = [.. Cells.Select(CellKeys.Of)];

    private readonly NpgsqlDataSource source;
    private readonly SimulatedStore store;
    private readonly Dice dice;
    private readonly string pool;
    private readonly List<LeasedExperiment> granted = [];
    private readonly List<SweepId> sweeps = [];
    private readonly (Experiments Experiments, Leases Leases, Metrics Metrics, Checkpoints Checkpoints, Judgements Judgements, Pools Pools, Storage.Sweeps Sweeps, Storage.Workers Workers, GroupSizes GroupSizes) sql;
    private DateTimeOffset now;

    public StorePair(NpgsqlDataSource source, int sequence, (long Sweep, long Experiment, long Lease) last)
    {
        (this.source, dice, pool) = (source, new(Dice.Hash(sequence, 3)), $"pool-{sequence}");
        now = T0.AddDays(sequence);
        store = new(() => now) { LastSweep = last.Sweep, LastExperiment = last.Experiment, LastLease = last.Lease };
        sql = (new(source), new(source), new(source), new(source), new(source), new(source), new(source), new(source), new(source));
    }

    public List<string> History { get; } = [];

    private string Worker => $"{pool}-w{dice.Below(3)}";

    private string Device => $"{pool}-gpu";

    private SweepId Sweep => sweeps[dice.Below(sweeps.Count)];

    private StoredExperiment Experiment
    {
        get
        {
            var all = store.Sweeps[Sweep.Value].Experiments;
            return all[dice.Below(all.Count)];
        }
    }

    /// <summary>The next operation, with the answer of the store and that of the database.</summary>
    public async Task<(string What, string Expected, string Actual)> Next()
    {
        now += dice.Chance(0.1) ? dice.Seconds(5, 40) : TimeSpan.FromMilliseconds(1 + dice.Below(900));
        now = new(now.Ticks - (now.Ticks % TimeSpan.TicksPerMillisecond), TimeSpan.Zero);
        await using (var tick = source.CreateCommand("update sim.clock set at = @now"))
        {
            tick.Parameters.AddWithValue("now", now);
            await tick.ExecuteNonQueryAsync();
        }

        var (what, arguments, expected, actual) = await (sweeps.Count == 0 ? Submit() : dice.Below(40) switch
        {
            0 => Submit(),
            < 10 => Claim(),
            < 14 => Flush(),
            < 17 => Commit(),
            < 24 => Report(),
            24 or 25 => Renew(),
            26 => Release(),
            27 => ReleasePaused(),
            28 or 29 => EndBackoffs(),
            30 => Expired(),
            31 => SteerSweep(),
            32 => RetryOrCancel(),
            33 => Hear(),
            34 or 35 => Judge(),
            36 => Measure(),
            37 => Cordon(),
            38 => Look(),
            _ => Extend(),
        });
        History.Add($"{now:HH:mm:ss.fff} {what} {arguments} = {expected}");
        return (what, expected, actual);
    }

    public List<string> StoredRows()
    {
        var rows = new List<string>();
        foreach (var sweep in store.Sweeps.Values)
        {
            rows.Add(Text(sweep.Id, Name(sweep.State), sweep.Version, sweep.Priority));
            rows.AddRange(sweep.Results.Select((result, seq) => Text(sweep.Id, seq, result.Ordinal, result.Value)));
            rows.AddRange(sweep.Judgements.Select((one, seq) => Text(sweep.Id, seq, one.Experiment, one.Judgement.Epoch, one.Judgement.Value, one.Judgement.Stop, one.Judgement.Reason)));
        }

        foreach (var e in store.Experiments.Values)
        {
            rows.Add(Text(e.Id, Name(e.State), e.StateSince, e.Reason, e.Fence, e.Attempt, e.Failures, e.Worker, e.LeaseUntil, e.Checkpoint?.Step, e.Checkpoint?.Path, e.Version,
                e.Group, e.GroupSize, e.GroupPlace, e.GroupLimit, e.ReadyAt, e.Avoid, e.Accumulate, e.Lease, e.Release));
            rows.AddRange(e.Attempts.Select(a => Text(e.Id, a.Number, a.Fence, a.NextSeq, a.Resumed, a.Step, a.TotalSteps, a.Worker, a.StartedAt, a.EndedAt, a.Ending?.Outcome, a.Ending?.Class is { } failure ? Name(failure) : null, a.Ending?.Reason)));
            rows.AddRange(e.Summaries.Select(s => Text(e.Id, s.Key, s.Value.Count, s.Value.LastStep, s.Value.LastValue, s.Value.Min, s.Value.Max, s.Value.NonFinite)));
            rows.AddRange(e.Checkpoints.Order().Select(c => Text(e.Id, c.Fence, c.Step)));
        }

        rows.AddRange(store.Workers.Values.Select(w => Text(w.Name, w.LastSeen, w.CordonReason, w.Draining)));
        rows.Sort(StringComparer.Ordinal);
        return rows;
    }

    public async Task<List<string>> DatabaseRows()
    {
        var rows = new List<string>();
        await using var command = source.CreateCommand("""
            with mine as (select * from experiment where pool = @pool)
            select array[s.id::text, s.state, s.version::text, s.priority::text] from sweep s where s.pool = @pool
            union all select array[r.sweep_id::text, r.seq::text, r.ordinal::text, r.value::text] from search_result r join sweep s on s.id = r.sweep_id where s.pool = @pool
            union all select array[j.sweep_id::text, j.seq::text, j.experiment_id::text, j.epoch::text, j.value::text, case when j.stop then 'yes' else 'no' end, j.reason] from judgement j join sweep s on s.id = j.sweep_id where s.pool = @pool
            union all select array[id::text, state, floor(extract(epoch from state_since) * 1000)::bigint::text, reason, fence::text, attempt::text, failures::text, worker, floor(extract(epoch from lease_until) * 1000)::bigint::text,
              checkpoint_step::text, checkpoint_path, version::text, group_id::text, group_size::text, group_place::text, group_limit::text,
              floor(extract(epoch from ready_at) * 1000)::bigint::text, avoid_worker, accumulate::text, lease_id::text, release] from mine
            union all select array[a.experiment_id::text, a.attempt::text, a.fence::text, a.next_seq::text, a.resumed_step::text, a.step::text, a.total_steps::text, a.worker, floor(extract(epoch from a.started_at) * 1000)::bigint::text,
              floor(extract(epoch from a.ended_at) * 1000)::bigint::text, a.outcome, a.class, a.reason] from experiment_attempt a join mine e on e.id = a.experiment_id
            union all select array[s.experiment_id::text, k.name, s.n::text, s.last_step::text, s.last_value::text, s.min_value::text, s.max_value::text, s.non_finite::text]
              from metric_summary s join mine e on e.id = s.experiment_id join metric_key k on k.id = s.metric_id
            union all select array[c.experiment_id::text, c.fence::text, c.step::text] from checkpoint c join mine e on e.id = c.experiment_id
            union all select array[name, floor(extract(epoch from last_seen) * 1000)::bigint::text, cordon_reason, case when draining then 'yes' else 'no' end] from worker where pool = @pool
            """);
        command.Parameters.AddWithValue("pool", pool);
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync()) rows.Add(string.Join('|', ((string?[])reader.GetValue(0)).Select(cell => cell ?? "-")));
        rows.Sort(StringComparer.Ordinal);
        return rows;
    }

    private async Task<(string, string, string, string)> Submit()
    {
        var id = await sql.Sweeps.NextId(default);
        store.LastSweep = id.Value;
        var spec = Spec with
        {
            Pool = pool,
            Group = dice.Of(GroupSetting.Off, new(2), new(3), new(4), GroupSetting.Auto),
            MaxAttempts = 2 + dice.Below(2),
            Priority = dice.Below(3),
            Weight = dice.Of(1, 2),
            MaxParallel = dice.Of<int?>(null, 1, 2),
            Stopping = new() { Rule = StoppingRule.Median, Startup = 1 },
        };
        var cells = 3 + dice.Below(Cells.Length - 3);
        sweeps.Add(id);
        await sql.Sweeps.Insert(id, spec, Cells[..cells], Cells.Length, by: null, default);
        store.Insert(id, spec, Keys[..cells], Cells.Length);
        return ("submit", $"{id} {spec.Group} {spec.MaxParallel}", "", "");
    }

    private async Task<(string, string, string, string)> Claim()
    {
        var (sweep, worker) = (Sweep, Worker);
        var request = new LeaseRequest(pool, "slot-0", "cpu", Device, dice.Of(1, 2, 4), 0);
        var oneByOne = store.Sweeps[sweep.Value].Spec is { MaxParallel: not null } || (store.Sweeps[sweep.Value].Spec.Group != GroupSetting.Off && request.MaxGroup > 1);
        Lease? expected = null;
        if (!oneByOne || store.LockBelowLimit(sweep, this) is true) expected = store.Grant(sweep, worker, request, Term);
        store.Unlock(sweep, this);
        var actual = await sql.Leases.Claim(sweep, oneByOne, worker, request, Term, null, default);
        granted.AddRange(expected?.Experiments ?? []);
        return ("claim", $"{sweep} {worker} {request.MaxGroup}", Json(expected), Json(actual));
    }

    private async Task<(string, string, string, string)> Flush()
    {
        List<MetricFlush> flushes = [];
        for (var count = 1 + dice.Below(2); count > 0; count--)
        {
            var held = SomeHeld();
            var seq = NextSeqOf(held) + (dice.Chance(0.15) ? dice.Below(3) - 1 : 0);
            var first = store.Experiments[held.Experiment.Value].Attempts.Find(attempt => attempt.Fence == held.Fence)?.Step ?? 0;
            flushes.Add(new(held.Experiment, held.Fence, Math.Max(0, seq), first + 3, 20,
            [
                new(MetricNames.TrainLoss, [first + 1, first + 2], [dice.Of(dice.Share(), double.NaN, double.PositiveInfinity), dice.Share()]),
                dice.Chance(0.5) ? new(MetricNames.ValidationAuc, [first + 3], [dice.Share()]) : new(MetricNames.ValidationAuc, [], []),
            ]));
        }

        return ("flush", Json(flushes), Json(store.Flush(flushes)), Json(await sql.Metrics.Flush(flushes, default)));
    }

    private async Task<(string, string, string, string)> Commit()
    {
        var held = SomeHeld();
        var step = (store.Experiments[held.Experiment.Value].Checkpoint?.Step ?? 0) + dice.Below(5);
        var commit = new CheckpointCommit(held.Experiment, held.Fence, new(step, $"experiment-{held.Experiment}/fence-{held.Fence}/step-{step}", "ab", 1));
        return ("commit", Json(commit), Json(store.Commit(commit)), Json(await sql.Checkpoints.Commit(commit, default)));
    }

    // As the grain does, sometimes over a row that has changed since.
    private async Task<(string, string, string, string)> Report()
    {
        var e = dice.Chance(0.7) && granted.Count > 0 ? store.Experiments[granted[^(1 + dice.Below(Math.Min(6, granted.Count)))].Id.Value] : Experiment;
        ExperimentEvent happens = dice.Below(8) switch
        {
            0 => new ExperimentEvent.LeaseLost(e.Fence, "silent"),
            1 => new ExperimentEvent.AttemptEnded(e.Fence, new(AttemptResult.Succeeded)),
            2 or 3 => new ExperimentEvent.AttemptEnded(e.Fence, new(AttemptResult.Failed, FailureClass.OutOfMemory, "too large")),
            4 => new ExperimentEvent.AttemptEnded(e.Fence, new(AttemptResult.Failed, dice.Of(FailureClass.Infrastructure, FailureClass.Infrastructure, FailureClass.Numerical), "broke")),
            5 => new ExperimentEvent.AttemptEnded(e.Fence, new(AttemptResult.Released, Reason: "made room")),
            6 => dice.Chance(0.5) ? new ExperimentEvent.Cancelled("by ada") : new ExperimentEvent.StoppedByRule("worse"),
            _ => new ExperimentEvent.Retried("again"),
        };
        var (expectedRead, actualRead) = (store.ReadExperiment(e.Id), await sql.Experiments.Read(e.Id, default));
        var (before, etag) = expectedRead!.Value;
        var after = before.Apply(happens);
        if (after == before) return ("report", Json(happens), Json(expectedRead?.Experiment), Json(actualRead?.Experiment));
        if (dice.Chance(0.1)) etag = "999999";
        var ending = before.State == ExperimentState.Running ? AttemptEnding.Of(happens) : null;
        var (expected, actual) = (store.WriteExperiment(after, ending, etag), await sql.Experiments.Write(after, ending, by: null, etag, default));
        return ("report", $"{e.Id} {Json(happens)}", $"{Json(expectedRead?.Experiment)} {expected} {Json(store.Attempts(e.Id))}", $"{Json(actualRead?.Experiment)} {actual} {Json(await sql.Experiments.Attempts(e.Id, default))}");
    }

    private async Task<(string, string, string, string)> Renew()
    {
        var worker = Worker;
        IReadOnlyList<Held> held = [.. granted.TakeLast(6).Select(one => one.Held).DistinctBy(one => one.Experiment), new(new(999_999_999), 1)];
        var (expected, actual) = (store.Renew(worker, held, Term), await sql.Leases.Renew(worker, held, Term, null, default));
        return ("renew", worker, $"{Json(expected.Lost)} {Json(expected.Release)}", $"{Json(actual.Lost)} {Json(actual.Release.OrderBy(one => one.Experiment.Value))}");
    }

    private async Task<(string, string, string, string)> Release()
    {
        if (dice.Chance(0.5))
        {
            var worker = Worker;
            return ("release", worker, $"{store.Release(worker, null, "drained")}", $"{await sql.Leases.Release(worker, null, "drained", default)}");
        }

        IReadOnlyList<long> leases = [Experiment.Lease ?? 0, Experiment.Lease ?? 0];
        return ("release", Json(leases), $"{store.Release(null, leases, "made room")}", $"{await sql.Leases.Release(null, leases, "made room", default)}");
    }

    private async Task<(string, string, string, string)> ReleasePaused()
    {
        store.ReleasePaused(pool);
        await sql.Leases.ReleasePaused(pool, default);
        return ("release paused", "", "", "");
    }

    private async Task<(string, string, string, string)> EndBackoffs() => ("end backoffs", "", $"{store.EndBackoffs(pool)}", $"{await sql.Leases.EndBackoffs(pool, null, default)}");

    private async Task<(string, string, string, string)> Expired() => ("expired", "",
        Json(store.Expired(pool, 100).Select(one => (one.Lease, one.Worker).ToString()).Order()), Json((await sql.Leases.Expired(pool, 100, null, default)).Select(one => (one.Lease, one.Worker).ToString()).Order()));

    private async Task<(string, string, string, string)> SteerSweep()
    {
        var id = Sweep;
        var (expected, actual) = (store.ReadSweep(id), await sql.Sweeps.Read(id, default));
        SweepEvent happens = dice.Of<SweepEvent>(new SweepEvent.PauseRequested(), new SweepEvent.ResumeRequested(), new SweepEvent.Retried(), new SweepEvent.ResumeRequested(), new SweepEvent.CancelRequested(), new SweepEvent.Progressed(new(0, 0, 0, 1, 0, 0, 0), 1));
        var (sweep, etag) = expected!.Value;
        if (dice.Chance(0.2)) etag = "999999";
        sweep = sweep.Apply(happens);
        var priority = dice.Below(3);
        return ("steer", $"{id} {happens} {priority}", $"{expected} {store.WriteSweep(sweep, etag)} {store.SetPriority(id, priority)}", $"{actual} {await sql.Sweeps.Write(sweep, "test", by: null, etag, default)} {await sql.Sweeps.SetPriority(id, priority, by: null, default)}");
    }

    private async Task<(string, string, string, string)> RetryOrCancel()
    {
        var id = Sweep;
        if (dice.Chance(0.8)) return ("retry", $"{id}", Json(store.RetryFailed(id, "again")), Json(await sql.Sweeps.RetryFailed(id, "again", by: null, default)));
        store.CancelExperiments(id, "by ada");
        await sql.Sweeps.CancelExperiments(id, "by ada", default);
        return ("cancel", $"{id}", Json(store.Counts(id)), Json(await sql.Sweeps.Counts(id, default)));
    }

    private async Task<(string, string, string, string)> Hear()
    {
        var (worker, slots) = (Worker, 1 + dice.Below(2));
        var heartbeat = new Heartbeat(pool, "host", [.. Enumerable.Range(0, slots).Select(slot => new SlotInfo($"slot-{slot}", Device, 4, null))], "cpu", "1", []);
        return ("hear", worker, $"{store.Heard(worker, heartbeat)}", $"{await sql.Workers.Heard(worker, heartbeat, default)}");
    }

    private async Task<(string, string, string, string)> Judge()
    {
        var id = Sweep;
        var history = store.Judgements(id);
        var (expected, actual) = (store.Due(id, MetricNames.ValidationAuc, new HashSet<ExperimentId>()), await sql.Judgements.Due(id, MetricNames.ValidationAuc, [], default));
        var added = "";
        if (expected is [var due, ..] && Json(expected) == Json(actual))
        {
            var judgement = StoppingRules.Judge(store.Sweeps[id.Value].Spec.Stopping!, history, new Contracts.Search.Report(due.Ordinal, due.Data, due.Epoch, due.Value));
            var seq = Math.Max(0, history.Count - (dice.Chance(0.15) ? 1 : 0));
            var (stored, written) = (store.AddJudgement(id, seq, due.Experiment, judgement), await sql.Judgements.Add(id, seq, due.Experiment, judgement, default));
            if (stored != written) added = $"added {stored}, in the database {written}";
        }

        return ("judge", $"{id}", $"{Json(expected)} {Json(store.Judgements(id))} {Json(store.JudgedToStop(id).Select(one => one.Judgement))} {added}", $"{Json(actual)} {Json(await sql.Judgements.Of(id, default))} {Json((await sql.Judgements.Stopped(id, default)).Select(one => one.Judgement))} ");
    }

    private async Task<(string, string, string, string)> Measure()
    {
        var measured = new MeasuredShape(Device, Keys[dice.Below(Keys.Length)].ShapeKey!, dice.Of(1, 2, 4), [1, 2], [1, 2]);
        store.StoreGroupSize(measured);
        await sql.GroupSizes.Store(measured, default);
        return ("measure", $"{measured.Shape} {measured.Size}", "", "");
    }

    private async Task<(string, string, string, string)> Cordon()
    {
        var (worker, reason) = (Worker, dice.Of(null, null, "bad"));
        return dice.Chance(0.2)
            ? ("drain", worker, $"{store.Drain(worker)}", $"{await sql.Workers.Drain(worker, by: null, default)}")
            : ("cordon", worker, $"{store.Cordon(worker, reason)}", $"{await sql.Workers.Cordon(worker, reason, by: null, default)}");
    }

    // What the scheduler and the shell look at.
    private async Task<(string, string, string, string)> Look()
    {
        var (id, worker) = (Experiment.Id, Worker);
        return ("look", "",
            Json(new object[]
            {
                store.Demands(pool).OrderBy(one => one.Sweep.Value), store.Cordoned(pool).Order(), store.Slots(pool).Select(slot => slot.ToString()).Order(), Leases(store.Running(pool)),
                store.Curves(id), store.Endings(worker).Select(one => $"{one}"),
            }),
            Json(new object[]
            {
                (await sql.Pools.Demands(pool, default)).OrderBy(one => one.Sweep.Value), (await sql.Pools.Cordoned(pool, default)).Order(), (await sql.Pools.Slots(pool, default)).Select(slot => slot.ToString()).Order(),
                Leases(await sql.Pools.Running(pool, default)), await sql.Metrics.Curves(id, null, default), (await sql.Workers.Endings(worker, default)).Select(one => $"{one}"),
            }));

        static IEnumerable<string> Leases(IEnumerable<Contracts.Scheduling.RunningLease> running) => running.Select(one => $"{one}").Order();
    }

    private async Task<(string, string, string, string)> Extend()
    {
        var id = Sweep;
        var (expected, actual) = (store.NewResults(id, new()), await sql.Sweeps.NewResults(id, new(), default));
        var (heard, known) = (store.Results(id).Count, store.Sweeps[id.Value].Experiments.Count - (dice.Chance(0.1) ? 1 : 0));
        var more = Math.Min(Cells.Length, known + dice.Below(2));
        if (Json(expected) == Json(actual))
        {
            var spec = store.Sweeps[id.Value].Spec;
            store.Extend(id, heard, expected, known, Keys[known..more]);
            await sql.Sweeps.Extend(id, spec, heard, expected, known, Cells[known..more], default);
        }

        return ("extend", $"{id}", $"{Json(expected)} {Json(store.Results(id))} {Json(store.Counts(id))}", $"{Json(actual)} {Json(await sql.Sweeps.Results(id, default))} {Json(await sql.Sweeps.Counts(id, default))}");
    }

    private Held SomeHeld()
    {
        if (granted.Count == 0) return new(Experiment.Id, 1);
        var held = granted[^(1 + dice.Below(Math.Min(8, granted.Count)))].Held;
        return dice.Chance(0.1) ? held with { Fence = held.Fence - 1 } : held;
    }

    private int NextSeqOf(Held held) => store.Experiments[held.Experiment.Value].Attempts.Find(attempt => attempt.Fence == held.Fence)?.NextSeq ?? 0;

    private static string Json<T>(T value) => JsonSerializer.Serialize(value, ContractsJson.Options);

    private static string Name<T>(T value)
        where T : struct, Enum => ContractsJson.Name(value);

    private static string Text(params object?[] cells) => string.Join('|', cells.Select(cell => cell switch
    {
        null => "-",
        bool flag => flag ? "yes" : "no",
        DateTimeOffset time => time.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture),
        double number when double.IsInfinity(number) => number > 0 ? "Infinity" : "-Infinity",
        double number => number.ToString("R", CultureInfo.InvariantCulture),
        _ => cell.ToString()!,
    }));
}
