using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using ViViT.Contracts;
using ViViT.Contracts.Experiments;
using ViViT.Contracts.Specs;
using ViViT.Contracts.Sweeps;
using ViViT.Contracts.Wire;

namespace ViViT.Silo.Tests;

/// <summary>Every route of the protocol on one silo; each test has its own pool.</summary>
public sealed class HttpTests(RunningSilo running) : IClassFixture<RunningSilo>
{
    private readonly SiloProcess silo = running.Silo;
    private readonly string pool = $"pool-{Guid.NewGuid():n}";

    public static TheoryData<string, string> GuardedRoutes => new()
    {
        { "GET", Routes.Sweeps },
        { "POST", Routes.Sweeps },
        { "GET", Routes.Fill(Routes.Sweep, 1) },
        { "GET", Routes.Fill(Routes.SweepExperiments, 1) },
        { "POST", Routes.Fill(Routes.SweepCancel, 1) },
        { "GET", Routes.Fill(Routes.Experiment, 1) },
        { "GET", Routes.Fill(Routes.ExperimentCurves, 1) },
        { "GET", Routes.Workers },
        { "POST", Routes.Fill(Routes.WorkerLease, "w") },
        { "POST", Routes.Fill(Routes.WorkerHeartbeat, "w") },
        { "POST", Routes.GroupSizes },
        { "POST", Routes.MetricFlushes },
        { "POST", Routes.Checkpoints },
        { "POST", Routes.Outcomes },
        { "POST", Routes.Logs },
        { "GET", Routes.Events },
        { "POST", Routes.Fill(Routes.SweepPause, 1) },
        { "POST", Routes.Fill(Routes.SweepResume, 1) },
        { "POST", Routes.Fill(Routes.SweepPriority, 1) },
        { "POST", Routes.Fill(Routes.SweepRetryFailed, 1) },
        { "POST", Routes.Fill(Routes.ExperimentRetry, 1) },
        { "POST", Routes.Fill(Routes.ExperimentCancel, 1) },
        { "GET", Routes.Fill(Routes.ExperimentLogs, 1) },
        { "POST", Routes.Fill(Routes.WorkerCordon, "w") },
        { "POST", Routes.Fill(Routes.WorkerDrain, "w") },
        { "POST", Routes.Fill(Routes.WorkerUncordon, "w") },
        { "GET", "/nowhere" },
    };

    [Theory]
    [MemberData(nameof(GuardedRoutes))]
    public async Task A_request_without_the_token_is_turned_away(string method, string route)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), route);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", "not-the-token-of-this-silo");

        var response = await silo.Anonymous.SendAsync(request, Stop);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Equal("Bearer", response.Headers.WwwAuthenticate.ToString());
        Assert.Contains("VIVIT_TOKEN_FILE", (await SiloProcess.Problem(response)).GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Health_needs_no_token()
    {
        Assert.Equal(HttpStatusCode.OK, (await silo.Anonymous.GetAsync(Routes.HealthLive, Stop)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await silo.Anonymous.GetAsync(Routes.HealthReady, Stop)).StatusCode);
    }

    [Fact]
    public async Task A_sweep_goes_through_all_its_routes()
    {
        var submitted = await Submit(experiments: 2);
        Assert.Equal((SweepState.Running, 2), (submitted.State, submitted.Counts.Queued));
        Assert.Contains(await silo.Get<SweepStatus[]>($"{Routes.Sweeps}?limit=1000"), sweep => sweep.Id == submitted.Id);

        var lease = await Lease();
        var held = Assert.Single(lease!.Experiments);
        var beat = await silo.Post<HeartbeatReply>(Routes.Fill(Routes.WorkerHeartbeat, "worker"), Beat(held));
        Assert.Empty(beat.Lost);
        Assert.Contains(await silo.Get<WorkerRow[]>(Routes.Workers), worker => worker is { Name: "worker", Alive: true });

        var flush = new MetricFlush(held.Id, held.Fence, Seq: 0, Step: 2, TotalSteps: 4, [new("train/loss", [1, 2], [0.5, double.NaN]), new("validation/auc", [2], [0.75])]);
        Assert.Equal([ReportStatus.Accepted], Statuses(await silo.Post<ReportReply[]>(Routes.MetricFlushes, new[] { flush })));
        var checkpoint = new CheckpointManifest(2, $"experiment-{held.Id}/fence-{held.Fence}/step-2", new string('a', 64), 1234);
        Assert.Equal(ReportStatus.Accepted, (await silo.Post<ReportReply>(Routes.Checkpoints, new CheckpointCommit(held.Id, held.Fence, checkpoint))).Status);

        var curves = await silo.Get<Curve[]>(Routes.Fill(Routes.ExperimentCurves, held.Id) + "?metric=train/loss");
        Assert.Equal([1L, 2L], Assert.Single(curves).Steps);
        Assert.Equal([0.5, double.NaN], curves[0].Values);
        Assert.Equal(2, (await silo.Get<Curve[]>(Routes.Fill(Routes.ExperimentCurves, held.Id))).Length);

        var outcome = new OutcomeReport(held.Id, held.Fence, new AttemptOutcome(AttemptResult.Succeeded));
        Assert.Equal(ReportStatus.Accepted, (await silo.Post<ReportReply>(Routes.Outcomes, outcome)).Status);
        Assert.Equal(ReportStatus.Duplicate, (await silo.Post<ReportReply>(Routes.Outcomes, outcome)).Status);

        var detail = await silo.Get<ExperimentDetail>(Routes.Fill(Routes.Experiment, held.Id));
        Assert.Equal((ExperimentState.Succeeded, checkpoint, 1), (detail.Row.State, detail.Checkpoint, detail.Attempts.Count));
        var rows = await silo.Get<ExperimentRow[]>(Routes.Fill(Routes.SweepExperiments, submitted.Id) + "?state=succeeded");
        Assert.Equal(held.Id, Assert.Single(rows).Id);
        Assert.Equal([1], (await silo.Get<ExperimentRow[]>(Routes.Fill(Routes.SweepExperiments, submitted.Id) + "?after=0&limit=5")).Select(row => row.Ordinal));

        var cancelled = await silo.Post<SweepStatus>(Routes.Fill(Routes.SweepCancel, submitted.Id), new { });
        Assert.Equal((SweepState.Cancelled, 1, 1), (cancelled.State, cancelled.Counts.Succeeded, cancelled.Counts.Cancelled));
        Assert.Equal(SweepState.Cancelled, (await silo.Get<SweepStatus>(Routes.Fill(Routes.Sweep, submitted.Id))).State);
    }

    [Fact]
    public async Task A_repeated_flush_is_stored_once_and_one_after_a_gap_is_asked_for_again()
    {
        await Submit();
        var held = (await Lease())!.Experiments[0];
        MetricFlush Flush(int seq) => new(held.Id, held.Fence, seq, Step: seq + 1, TotalSteps: 9, [new("train/loss", [seq + 1], [seq])]);

        var first = await silo.Post<ReportReply[]>(Routes.MetricFlushes, new[] { Flush(0), Flush(0), Flush(2), Flush(1) with { Fence = held.Fence + 1 } });
        var second = await silo.Post<ReportReply[]>(Routes.MetricFlushes, new[] { Flush(1), Flush(1) });

        Assert.Equal([ReportStatus.Accepted, ReportStatus.Duplicate, ReportStatus.Gap, ReportStatus.LeaseLost], Statuses(first));
        Assert.Equal(1, first[2].NextSeq);
        Assert.Equal([ReportStatus.Accepted, ReportStatus.Duplicate], Statuses(second));
        Assert.Equal([1L, 2L], (await silo.Get<Curve[]>(Routes.Fill(Routes.ExperimentCurves, held.Id)))[0].Steps);
    }

    [Fact]
    public async Task An_unknown_shape_is_measured_told_and_trained_in_groups()
    {
        await Submit(experiments: 5);

        var unknown = (await Lease(maxGroup: 16))!;
        Assert.Empty(unknown.Experiments);
        var measured = new MeasuredShape("cpu/test", unknown.Measure!.Shape, 4, [1, 2, 4, 8], [10, 19, 30, 31]);
        var told = await Task.WhenAll(silo.Send(Routes.GroupSizes, measured), silo.Send(Routes.GroupSizes, measured));
        var group = (await Lease(maxGroup: 16))!;

        Assert.All(told, response => Assert.Equal(HttpStatusCode.NoContent, response.StatusCode));
        Assert.Equal((4, 4), (group.Experiments.Count, group.GroupSize));
        Assert.Equal([0, 1, 2, 3], group.Experiments.Select(experiment => experiment.Place));
        Assert.Null(group.Measure);
    }

    [Fact]
    public async Task A_malformed_group_size_is_a_bad_request()
    {
        var response = await silo.Send(Routes.GroupSizes, new MeasuredShape("cpu/test", "shape", 3, [1, 2], [10, 19]));

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.StartsWith("size 3 is none of the sizes", (await SiloProcess.Problem(response)).GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_name_of_a_metric_too_many_is_a_bad_request_that_nobody_repeats()
    {
        await using var own = await RunningSilo.Start();
        await own.Database.Execute("insert into metric_key (name) select 'name-' || i from generate_series(1, 10000) i");

        var response = await own.Silo.Send(Routes.MetricFlushes, new[] { new MetricFlush(new(1), 1, 0, 1, 1, [new("one-more", [1], [1])]) });

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains("'one-more'", (await SiloProcess.Problem(response)).GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_that_nobody_reads_is_refused_by_name()
    {
        var response = await silo.SendText(Routes.Sweeps, """{"name": "a", "experiment": {"data": {"name": "shapes3d"}, "training": {"learning_rat": 1}}}""");

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        var problem = (await SiloProcess.Problem(response)).GetProperty("problems")[0];
        Assert.Equal("experiment.training.learning_rat", problem.GetProperty("path").GetString());
        Assert.Equal("Did you mean 'learning_rate'?", problem.GetProperty("remedy").GetString());
    }

    [Fact]
    public async Task An_unsound_sweep_is_refused_with_every_problem()
    {
        var response = await silo.SendText(Routes.Sweeps, """{"name": "a b", "max_attempts": 0, "experiment": {"data": {"name": "shapes3d"}}}""");

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        var problems = (await SiloProcess.Problem(response)).GetProperty("problems").EnumerateArray();
        Assert.Equal(["name", "max_attempts"], problems.Select(problem => problem.GetProperty("path").GetString()));
    }

    [Theory]
    [InlineData("{")]
    [InlineData("{\"experiment\": \"no\", \"fence\": 1}")]
    public async Task A_body_that_is_not_what_the_route_takes_is_a_bad_request(string body)
    {
        foreach (var route in (string[])[Routes.Outcomes, Routes.Checkpoints, Routes.Fill(Routes.WorkerLease, "w")])
        {
            var response = await silo.SendText(route, body);

            Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
            Assert.NotEmpty((await SiloProcess.Problem(response)).GetProperty("detail").GetString()!);
        }
    }

    [Fact]
    public async Task A_malformed_flush_or_outcome_is_a_bad_request()
    {
        var flush = new MetricFlush(new(1), 1, 0, 1, 1, [new("a b", [1], [1])]);
        Assert.Equal(HttpStatusCode.BadRequest, (await silo.Send(Routes.MetricFlushes, new[] { flush })).StatusCode);

        var outcome = new OutcomeReport(new(1), 1, new AttemptOutcome(AttemptResult.Failed));
        Assert.Equal(HttpStatusCode.BadRequest, (await silo.Send(Routes.Outcomes, outcome)).StatusCode);
    }

    [Fact]
    public async Task What_does_not_exist_is_not_found_with_its_number()
    {
        foreach (var route in (string[])[Routes.Sweep, Routes.SweepExperiments, Routes.Experiment, Routes.ExperimentCurves])
        {
            var response = await silo.Client.GetAsync(Routes.Fill(route, 987654321), Stop);

            Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
            Assert.Contains(" 987654321. ", (await SiloProcess.Problem(response)).GetProperty("detail").GetString(), StringComparison.Ordinal);
        }

        Assert.Equal(HttpStatusCode.NotFound, (await silo.Send(Routes.Fill(Routes.SweepCancel, 987654321), new { })).StatusCode);
        var nowhere = await silo.Client.GetAsync("/nowhere", Stop);
        Assert.Equal(HttpStatusCode.NotFound, nowhere.StatusCode);
        await SiloProcess.Problem(nowhere);
    }

    [Fact]
    public async Task A_state_that_does_not_exist_is_a_bad_request_with_a_suggestion()
    {
        var sweep = await Submit();

        var response = await silo.Client.GetAsync(Routes.Fill(Routes.SweepExperiments, sweep.Id) + "?state=runing", Stop);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains("'running'", (await SiloProcess.Problem(response)).GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wait_for_work_ends_without_any_after_its_time()
    {
        var clock = Stopwatch.StartNew();

        Assert.Null(await Lease(waitSeconds: 0.3));

        Assert.InRange(clock.Elapsed.TotalSeconds, 0.29, 10);
    }

    [Fact]
    public async Task A_worker_that_waits_gets_work_as_soon_as_it_is_submitted()
    {
        await Lease(waitSeconds: 0); // the pool's scheduler is there
        var fastest = TimeSpan.MaxValue;
        for (var attempt = 0; attempt < 5 && fastest > TimeSpan.FromSeconds(0.5); attempt++)
        {
            var waits = Lease(waitSeconds: 20);
            await Task.Delay(300, Stop);

            var clock = Stopwatch.StartNew();
            await Submit();
            Assert.NotNull(await waits);
            fastest = clock.Elapsed < fastest ? clock.Elapsed : fastest;
        }

        // It would have asked again after a second anyway, 0.7 s from the submission; a busy machine may make one attempt slow, not five.
        Assert.InRange(fastest.TotalSeconds, 0, 0.5);
    }

    [Fact]
    public async Task A_client_that_leaves_its_wait_gets_no_lease()
    {
        using var gone = new CancellationTokenSource();
        var request = new LeaseRequest(pool, "0", "cpu", "cpu/test", 1, 20);
        var waits = silo.Client.PostAsync(Routes.Fill(Routes.WorkerLease, "worker"),
            System.Net.Http.Json.JsonContent.Create(request, options: ContractsJson.Options), gone.Token);
        await Task.Delay(300, Stop);
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waits);
        await Task.Delay(200, Stop);

        await Submit();

        Assert.NotNull(await Lease("other", waitSeconds: 1));
    }

    [Fact]
    public async Task A_body_beyond_the_limit_is_refused()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Routes.Sweeps) { Content = new ByteArrayContent(new byte[17 << 20]) };
        request.Content.Headers.ContentType = new("application/json");
        request.Headers.ExpectContinue = true; // so that the answer comes before the body is sent

        var response = await silo.Client.SendAsync(request, Stop);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private Task<SweepStatus> Submit(int experiments = 1) => silo.Post<SweepStatus>(Routes.Sweeps, new SweepSpec
    {
        Name = "test",
        Pool = pool,
        Experiment = new() { Data = new() { Name = "shapes3d" } },
        Grid = new Dictionary<string, IReadOnlyList<System.Text.Json.JsonElement>>
        {
            ["seed"] = [.. Enumerable.Range(0, experiments).Select(seed => System.Text.Json.JsonSerializer.SerializeToElement(seed))],
        },
    });

    private async Task<Lease?> Lease(string worker = "worker", double waitSeconds = 0, int maxGroup = 1)
    {
        var response = await silo.Send(Routes.Fill(Routes.WorkerLease, worker), new LeaseRequest(pool, "0", "cpu", "cpu/test", maxGroup, waitSeconds));
        return response.StatusCode == HttpStatusCode.NoContent ? null : await silo.Read<Lease>(response);
    }

    private Heartbeat Beat(LeasedExperiment held) => new(pool, "host", [new("slot-0", "cpu/test", 100, 16)], "cpu", "1", [new(held.Id, held.Fence)]);

    private static IEnumerable<ReportStatus> Statuses(IEnumerable<ReportReply> replies) => replies.Select(reply => reply.Status);
}
