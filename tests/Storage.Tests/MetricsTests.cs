using ViViT.Contracts;
using ViViT.Contracts.Experiments;
using ViViT.Contracts.Wire;
using static ViViT.Storage.Tests.Store;

namespace ViViT.Storage.Tests;

public sealed class MetricsTests
{
    [Fact]
    public async Task Flushes_in_order_make_the_curve()
    {
        await using var store = await Create();
        await store.Submit();
        var lease = await store.Claim();

        Assert.Equal(new ReportReply(ReportStatus.Accepted, 1), await store.Flush(lease, 0, (10, 1.5), (20, 1.25)));
        Assert.Equal(new ReportReply(ReportStatus.Accepted, 2), await store.Flush(lease, 1, (30, 1.0), (33, 0.5), (40, 0.25)));

        Assert.Equal([(10, 1.5), (20, 1.25), (30, 1.0), (33, 0.5), (40, 0.25)], await store.Curve(lease.Id));
        var row = Assert.Single(await store.Experiments.List(lease.Sweep, null, -1, 10, default));
        Assert.Equal((40, 100, 0.25), (row.Step, row.TotalSteps, row.Metrics["train/loss"]));
    }

    [Fact]
    public async Task A_repeated_flush_is_acknowledged_and_stored_once()
    {
        await using var store = await Create();
        await store.Submit();
        var lease = await store.Claim();
        await store.Flush(lease, 0, (10, 1.5));

        Assert.Equal(new ReportReply(ReportStatus.Duplicate, 1), await store.Flush(lease, 0, (10, 1.5)));

        Assert.Equal([(10, 1.5)], await store.Curve(lease.Id));
        Assert.Equal(1, Assert.Single((await store.Experiments.Detail(lease.Id, default))!.Metrics).Count);
    }

    [Fact]
    public async Task A_flush_that_skips_one_is_a_gap()
    {
        await using var store = await Create();
        await store.Submit();
        var lease = await store.Claim();

        Assert.Equal(new ReportReply(ReportStatus.Gap, 0), await store.Flush(lease, 1, (10, 1.5)));
        Assert.Empty(await store.Curve(lease.Id));
    }

    [Fact]
    public async Task Racing_replays_of_the_same_flushes_store_each_once()
    {
        await using var store = await Create();
        await store.Submit(seeds: 4);
        var leases = new List<LeasedExperiment>();
        for (var i = 0; i < 4; i++) leases.Add(await store.Claim());

        await Task.WhenAll(Enumerable.Range(0, 8).Select(racer => Task.Run(async () =>
        {
            for (var seq = 0; seq < 20; seq++)
            {
                // Each racer sends the batch in another order; replies tell when a number is not yet due.
                var batch = leases.OrderBy(lease => (lease.Id.Value * (racer + 3)) % 7).Select(lease => FlushOf(lease, seq, (seq, seq), (seq + 1000, seq))).ToArray();
                while ((await store.Metrics.Flush(batch, default)).Any(reply => reply.Status == ReportStatus.Gap)) await Task.Yield();
            }
        })));

        Assert.Equal(4 * 20, await store.Database.Scalar<long>("select count(*) from metric_chunk"));
        Assert.Equal(4 * 40, await store.Database.Scalar<long>("select sum(n)::bigint from metric_summary"));
    }

    [Fact]
    public async Task One_lost_lease_in_a_batch_does_not_hold_the_others_up()
    {
        await using var store = await Create();
        await store.Submit(seeds: 2);
        var (lost, held) = (await store.Claim(), await store.Claim());
        await store.Apply(lost.Id, new ExperimentEvent.LeaseLost(lost.Fence, "silent"));

        var replies = await store.Metrics.Flush([FlushOf(held, 0, (1, 1)), FlushOf(lost, 0, (1, 1)), FlushOf(held, 1, (2, 1))], default);

        Assert.Equal([ReportStatus.Accepted, ReportStatus.LeaseLost, ReportStatus.Accepted], replies.Select(reply => reply.Status));
        Assert.Empty(await store.Curve(lost.Id));
    }

    [Fact]
    public async Task The_tail_of_a_dead_attempt_leaves_the_history_when_the_next_one_is_granted()
    {
        await using var store = await Create();
        await store.Submit();
        var first = await store.Claim();
        await store.Flush(first, 0, (10, 5), (20, 4));
        await store.Checkpoints.Commit(new(first.Id, first.Fence, new(20, "step-20", "ab", 1)), default);
        await store.Flush(first, 1, (30, -3), (40, -2));
        await store.Apply(first.Id, new ExperimentEvent.LeaseLost(first.Fence, "silent"));

        var second = await store.Claim();

        Assert.Equal([(10, 5), (20, 4)], await store.Curve(first.Id));
        var summary = Assert.Single((await store.Experiments.Detail(first.Id, default))!.Metrics);
        Assert.Equal((2, 20, 4, 4, 5), (summary.Count, summary.LastStep, summary.LastValue, summary.Min, summary.Max));
        Assert.Equal(ReportStatus.LeaseLost, (await store.Flush(first, 2, (50, 1))).Status);
        await store.Flush(second, 0, (30, 3), (40, 2));
        Assert.Equal([(10, 5), (20, 4), (30, 3), (40, 2)], await store.Curve(first.Id));
    }

    [Fact]
    public async Task An_attempt_that_starts_afresh_takes_the_whole_history_with_it()
    {
        await using var store = await Create();
        await store.Submit();
        var first = await store.Claim();
        await store.Flush(first, 0, (10, 5));
        await store.Apply(first.Id, new ExperimentEvent.LeaseLost(first.Fence, "silent"));

        await store.Claim();

        Assert.Empty(await store.Curve(first.Id));
        Assert.Empty((await store.Experiments.Detail(first.Id, default))!.Metrics);
    }

    [Fact]
    public async Task A_point_before_the_first_step_shows_once_however_often_the_experiment_starts_afresh()
    {
        await using var store = await Create();
        await store.Submit();
        var first = await store.Claim();
        await store.Flush(first, 0, (0, 5), (1, 4));
        await store.Apply(first.Id, new ExperimentEvent.LeaseLost(first.Fence, "silent"));

        await store.Flush(await store.Claim(), 0, (0, 6));

        Assert.Equal([(0, 6.0)], await store.Curve(first.Id));
    }

    [Fact]
    public async Task Of_three_attempts_the_history_keeps_what_the_later_ones_built_on()
    {
        await using var store = await Create();
        await store.Submit();
        var first = await store.Claim();
        await store.Flush(first, 0, (10, 1), (20, 1), (30, 1));
        var second = await Retry(store, first, resumeFrom: 20);
        await store.Flush(second, 0, (30, 2), (40, 2));
        Assert.Equal([(10, 1), (20, 1), (30, 2), (40, 2)], await store.Curve(first.Id));

        var third = await Retry(store, second, resumeFrom: 10);
        await store.Flush(third, 0, (20, 3), (30, 3));

        Assert.Equal([(10, 1), (20, 3), (30, 3)], await store.Curve(first.Id));
    }

    [Fact]
    public async Task Names_that_vary_are_stopped_before_they_fill_the_database()
    {
        await using var store = await Create();
        await store.Submit();
        var lease = await store.Claim();
        await store.Database.Execute("insert into metric_key (name) select 'made-up-' || i from generate_series(1, 9999) i");
        await store.Flush(lease, 0, (1, 1));

        var refused = await Assert.ThrowsAsync<TooManyMetricNamesException>(() => store.Metrics.Flush([new(lease.Id, lease.Fence, 1, 2, 9, [new("one-more", [2], [1])])], default));

        Assert.Contains("'one-more' would be one more", refused.Message, StringComparison.Ordinal);
        Assert.Equal(ReportStatus.Accepted, (await new Metrics(store.Database.Source).Flush([FlushOf(lease, 1, (2, 1))], default))[0].Status);
    }

    [Fact]
    public async Task Not_a_number_and_the_infinities_are_kept_and_counted_apart()
    {
        await using var store = await Create();
        await store.Submit();
        var lease = await store.Claim();

        await store.Flush(lease, 0, (1, 2), (2, double.NaN), (3, double.PositiveInfinity), (4, 1), (5, double.NegativeInfinity));

        Assert.Equal([(1, 2), (2, double.NaN), (3, double.PositiveInfinity), (4, 1), (5, double.NegativeInfinity)], await store.Curve(lease.Id));
        var summary = Assert.Single((await store.Experiments.Detail(lease.Id, default))!.Metrics);
        Assert.Equal((5, double.NegativeInfinity, 1, 2, 3), (summary.Count, summary.LastValue, summary.Min, summary.Max, summary.NonFinite));
        var row = Assert.Single(await store.Experiments.List(lease.Sweep, null, -1, 10, default));
        Assert.Equal(double.NegativeInfinity, row.Metrics["train/loss"]);
    }

    [Fact]
    public async Task Several_chunks_of_one_metric_in_a_flush_are_one_series()
    {
        await using var store = await Create();
        await store.Submit();
        var lease = await store.Claim();

        await store.Metrics.Flush([new(lease.Id, lease.Fence, 0, 3, 9, [new("train/loss", [1], [5]), new("validation/auc", [2], [.5]), new("train/loss", [3, 7], [4, 3])])], default);

        Assert.Equal([("train/loss", 3), ("validation/auc", 1)], (await store.Metrics.Curves(lease.Id, null, default)).Select(curve => (curve.Metric, curve.Steps.Count)));
        Assert.Equal(["validation/auc"], (await store.Metrics.Curves(lease.Id, ["validation/auc"], default)).Select(curve => curve.Metric));
    }

    // The checkpoint is put in place by hand: a commit refuses to go back to an earlier step.
    private static async Task<LeasedExperiment> Retry(Store store, LeasedExperiment lease, long resumeFrom)
    {
        await store.Database.Execute($"update experiment set checkpoint_step = {resumeFrom}, checkpoint_path = 'p', checkpoint_sha256 = 'ab', checkpoint_bytes = 1");
        await store.Apply(lease.Id, new ExperimentEvent.LeaseLost(lease.Fence, "silent"));
        return await store.Claim();
    }

    [Fact]
    public async Task Confusion_matrices_stay_out_of_rows_and_in_the_detail_and_the_curves()
    {
        await using var store = await Create();
        var sweep = await store.Submit();
        var lease = await store.Claim();
        var names = (string[])["validation/accuracy", MetricNames.Confusion("validation", 0, 1), MetricNames.Confusion("train", 10, 3)];

        await store.Metrics.Flush([new(lease.Id, lease.Fence, 0, 8, 8, [.. names.Select(name => new MetricChunk(name, [8], [0.5]))])], default);

        Assert.Equal(["validation/accuracy"], Assert.Single(await store.Experiments.List(sweep, null, -1, 10, default)).Metrics.Keys);
        var detail = (await store.Experiments.Detail(lease.Id, default))!;
        Assert.Equal(["validation/accuracy"], detail.Row.Metrics.Keys);
        Assert.Equal(names.Order(StringComparer.Ordinal), detail.Metrics.Select(metric => metric.Metric).Order(StringComparer.Ordinal));
        Assert.Equal(3, (await store.Metrics.Curves(lease.Id, null, default)).Count);
    }
}
