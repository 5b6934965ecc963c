using System.Collections.Concurrent;
using ViViT.Contracts.Experiments;
using ViViT.Contracts.Wire;
using ViViT.Worker.Agent;
using ViViT.Worker.Telemetry;
using ViViT.Worker.TrainerProcess;
using ViViT.Worker.Tests.Support;

namespace ViViT.Worker.Tests.Agent;

public sealed class AttemptUplinkTests : SiloTest
{
    private readonly LogLines log = new();
    private readonly ConcurrentQueue<string> said = [];
    private readonly HeldLeases leases = new();
    private readonly CancellationTokenSource abandon = new();
    private readonly WorkerMetrics metrics = new("local", "cpu", 1, TimeProvider.System);
    private StoredAttempt attempt = null!;
    private HttpClient http = null!;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        attempt = Silo.Grant(TestWorker.Tiny());
        http = ControlPlaneClient.Connect(Silo.Address);
    }

    public override async ValueTask DisposeAsync()
    {
        http.Dispose();
        abandon.Dispose();
        metrics.Dispose();
        await base.DisposeAsync();
    }

    [Fact]
    public async Task Effects_arrive_in_order_metrics_then_the_checkpoint_that_covers_them_then_the_outcome()
    {
        await using var uplink = Uplink();
        uplink.Started(0, 6);
        uplink.Measured(Loss(1, 2));
        uplink.Saved(Checkpoint(2));
        await Eventually.Holds("the first checkpoint is committed", () => attempt.Commits.Count == 1);
        uplink.Measured(Loss(3));
        uplink.Saved(Checkpoint(3));
        uplink.Measured(Loss(4));

        var told = await uplink.Finish(new(AttemptResult.Succeeded));

        Assert.Equal(new AttemptOutcome(AttemptResult.Succeeded), told);
        Assert.Equal(["flush 0 up to 0", "flush 1 up to 2", "commit 2", "flush 2 up to 3", "commit 3", "flush 3 up to 4", "outcome"], attempt.Order);
        Assert.Equal(6, attempt.TotalSteps);
    }

    [Fact]
    public async Task How_far_a_training_goes_is_told_before_anything_is_measured()
    {
        await using var uplink = Uplink();
        uplink.Started(40, 800);

        await Eventually.Holds("the total is stored", () => attempt.TotalSteps == 800, seconds: 5);
        Assert.Equal(["flush 0 up to 40"], attempt.Order);
        Assert.Empty(attempt.Points);
    }

    [Fact]
    public async Task Points_go_within_seconds_although_nothing_follows_them()
    {
        await using var uplink = Uplink();
        uplink.Measured(Loss(1));

        await Eventually.Holds("the point is stored", () => attempt.Points.Count == 1, seconds: 5);
    }

    [Fact]
    public async Task Many_points_share_flushes_of_at_most_500()
    {
        await using var uplink = Uplink();
        uplink.Measured(Loss([.. Enumerable.Range(1, 1200).Select(step => (long)step)]));
        await uplink.Finish(new(AttemptResult.Succeeded));

        Assert.Equal(["flush 0 up to 500", "flush 1 up to 1000", "flush 2 up to 1200", "outcome"], attempt.Order);
    }

    [Theory]
    [InlineData("StoredThenError")]
    [InlineData("StoredThenCut")]
    [InlineData("Unavailable")]
    public async Task Each_effect_is_stored_once_when_every_second_answer_is_lost(string fault)
    {
        Silo.OnEffect = (n, _) => n % 2 == 0 ? Enum.Parse<Fault>(fault) : Fault.None;
        await using var uplink = Uplink();
        for (var step = 1; step <= 40; step++)
        {
            uplink.Measured(Loss(step));
            if (step % 10 == 0) uplink.Saved(Checkpoint(step));
        }

        await uplink.Finish(new(AttemptResult.Succeeded));

        Assert.Equal(Enumerable.Range(1, 40).Select(step => (long)step), attempt.Points.Select(point => point.Step));
        Assert.Equal(Enumerable.Range(0, attempt.Seqs.Count), attempt.Seqs);
        Assert.Equal(40, attempt.Commits[^1].Step);
        Assert.Equal("outcome", attempt.Order[^1]);
    }

    [Fact]
    public async Task A_server_that_was_away_gets_everything_when_it_is_back_and_its_absence_is_logged_once()
    {
        Silo.Away = true;
        await using var uplink = Uplink();
        uplink.Measured(Loss(1, 2, 3));
        uplink.Saved(Checkpoint(3));
        await Eventually.Holds("its absence is noticed", () => log.Count("does not answer") > 0);
        await Task.Delay(500, TestContext.Current.CancellationToken);

        Silo.Away = false;
        await uplink.Finish(new(AttemptResult.Succeeded));

        Assert.Equal(["flush 0 up to 3", "commit 3", "outcome"], attempt.Order);
        Assert.Equal((1, 1), (log.Count("does not answer"), log.Count("answers again")));
    }

    [Fact]
    public async Task A_flush_that_the_server_misses_is_sent_again()
    {
        attempt.PretendGapAt = 0;
        await using var uplink = Uplink();
        uplink.Measured(Loss(1));
        await uplink.Finish(new(AttemptResult.Succeeded));

        Assert.Equal(["flush 0 up to 1", "outcome"], attempt.Order);
    }

    [Fact]
    public async Task A_lost_lease_ends_the_attempt_and_nothing_of_it_is_told_any_more()
    {
        Silo.Lose(attempt);
        await using var uplink = Uplink();
        uplink.Measured(Loss(1));
        await Eventually.Holds("the attempt is ended", () => uplink.Ended.IsCancellationRequested);

        Assert.Null(await uplink.Finish(new(AttemptResult.Succeeded)));
        Assert.Empty(attempt.Order);
        Assert.Equal(1, Silo.Effects);
    }

    [Fact]
    public async Task A_refused_effect_ends_the_attempt_as_failed_with_the_servers_words_and_is_not_repeated()
    {
        Silo.OnEffect = (_, path) => path == Routes.MetricFlushes ? Fault.Refused : Fault.None;
        await using var uplink = Uplink();
        uplink.Measured(Loss(1));
        await Eventually.Holds("the attempt is ended", () => uplink.Ended.IsCancellationRequested);

        var told = await uplink.Finish(new(AttemptResult.Succeeded));

        Assert.Equal((AttemptResult.Failed, FailureClass.Infrastructure), (told!.Result, told.Class));
        Assert.Contains("400 Bad request: the metric's name has a blank", told.Reason, StringComparison.Ordinal);
        Assert.Equal(told, await attempt.Outcome);
        Assert.Equal(2, Silo.Effects);
    }

    [Fact]
    public async Task A_refused_outcome_is_given_up()
    {
        Silo.OnEffect = (_, _) => Fault.Refused;
        await using var uplink = Uplink();

        Assert.Null(await uplink.Finish(new(AttemptResult.Succeeded)));
        Assert.Equal(2, Silo.Effects);
    }

    [Fact]
    public async Task A_curve_gets_coarser_rather_than_the_buffer_unbounded()
    {
        Silo.Away = true;
        await using var uplink = Uplink(limit: 1000);
        for (var step = 1L; step <= 3000; step++) uplink.Measured(Loss(step));

        Silo.Away = false;
        await uplink.Finish(new(AttemptResult.Succeeded));

        Assert.InRange(attempt.Points.Count, 500, 2000);
        Assert.Equal(3000, attempt.Points[^1].Step);
        Assert.True(log.Count("points of experiment") > 0);
        Assert.Contains("points were dropped, every second one of each metric", said.First(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_agent_that_may_wait_no_longer_leaves_the_rest()
    {
        Silo.Away = true;
        await using var uplink = Uplink();
        uplink.Measured(Loss(1));
        var finishing = uplink.Finish(new(AttemptResult.Succeeded));

        await abandon.CancelAsync();

        Assert.Null(await finishing);
    }

    private AttemptUplink Uplink(int limit = 100_000)
    {
        var token = new BearerToken(Folder["token"]);
        Assert.True(token.TryRead());
        return new(
            new ControlPlaneClient(http, "test-0001", token), new ServerLink(Silo.Address, metrics, TimeProvider.System, log), leases.Add(attempt.Leased),
            new CommittedCheckpoints(Folder["checkpoints"], attempt.Leased.Id, null, log), metrics, TimeProvider.System, log, abandon.Token, limit) { Say = said.Enqueue };
    }

    private static MetricPoint[] Loss(params long[] steps) => [.. steps.Select(step => new MetricPoint("train/loss", step, 1.0 / step))];

    private CheckpointManifest Checkpoint(long step) =>
        new(step, $"experiment-{attempt.Leased.Id}/fence-{attempt.Leased.Fence}/step-{step}", "00", 1);
}
