using System.Net;
using ViViT.Contracts;
using ViViT.Contracts.Experiments;
using ViViT.Contracts.Specs;
using ViViT.Contracts.Sweeps;
using ViViT.Contracts.Wire;

namespace ViViT.Silo.Tests;

/// <summary>The verbs, explanations, events and logs over HTTP; each test has its own pool.</summary>
public sealed class SteeringTests(RunningSilo running) : IClassFixture<RunningSilo>
{
    private readonly SiloProcess silo = running.Silo;
    private readonly string pool = $"pool-{Guid.NewGuid():n}";
    private readonly string worker = $"worker-{Guid.NewGuid():n}";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_same_key_makes_one_sweep_and_another_spec_under_it_is_refused()
    {
        var key = Guid.NewGuid().ToString("n");
        var (first, again) = (await Launch(Spec(), key), await Launch(Spec(), key));
        var other = await Launch(Spec() with { Description = "another" }, key);

        var (one, two) = (await silo.Read<SweepStatus>(first), await silo.Read<SweepStatus>(again));
        Assert.Equal(one.Id, two.Id);
        Assert.Equal(HttpStatusCode.Conflict, other.StatusCode);
        Assert.Contains(key, (await SiloProcess.Problem(other)).GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal(1, two.Counts.Total);
    }

    [Fact]
    public async Task Submissions_under_one_key_at_once_make_one_sweep()
    {
        var key = Guid.NewGuid().ToString("n");

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Launch(Spec(experiments: 3), key)));

        var sweeps = new List<SweepStatus>();
        foreach (var answer in answers) sweeps.Add(await silo.Read<SweepStatus>(answer));
        Assert.Equal(3, Assert.Single(sweeps.DistinctBy(sweep => sweep.Id)).Counts.Total);
    }

    [Fact]
    public async Task What_waits_says_why_and_what_would_change_it()
    {
        var sweep = await Submit(Spec(experiments: 2) with { Resources = new() { MemoryGib = 20 } });
        Assert.Equal("no_worker", (await Why(sweep, 0)).Code);

        await Beat(memoryGib: 16);
        var misfit = await Why(sweep, 0);
        Assert.Equal(("no_fit", $"needs 20 GiB, the largest slot of pool {pool} has 16"), (misfit.Code, misfit.Text));

        await Beat(memoryGib: 24);
        Assert.Equal("next_in_line", (await Why(sweep, 0)).Code);
        var lease = await Lease(memoryGib: 24);
        await Beat(memoryGib: 24, lease!.Experiments[0].Held);
        var second = await Why(sweep, 1);
        Assert.Equal("no_free_slot", second.Code);
        Assert.Contains("0 ahead", second.Text, StringComparison.Ordinal);
        Assert.Null((await Rows(sweep))[0].Why);

        await silo.Post<SweepStatus>(Routes.Fill(Routes.SweepPause, sweep.Id), new { });
        Assert.Equal(("paused", $"vivit sweep resume {sweep.Id}"), ((await Why(sweep, 1)).Code, (await Why(sweep, 1)).Remedy));
        Assert.Equal(SweepState.Running, (await silo.Post<SweepStatus>(Routes.Fill(Routes.SweepResume, sweep.Id), new { })).State);

        await Tell(lease.Experiments[0], new AttemptOutcome(AttemptResult.Failed, FailureClass.Infrastructure, "the trainer died"));
        Assert.Contains("the trainer died", (await Why(sweep, 0)).Text, StringComparison.Ordinal);
        Assert.Equal("backing_off", (await Why(sweep, 0)).Code);

        await silo.Send(Routes.Fill(Routes.WorkerCordon, worker), new CordonRequest("its fan is loud"));
        Assert.Equal("all_cordoned", (await Why(sweep, 1)).Code);
        Assert.Equal("its fan is loud", (await Workers()).Cordoned);
    }

    [Fact]
    public async Task A_limit_is_explained()
    {
        var sweep = await Submit(Spec(experiments: 2) with { MaxParallel = 1 });
        await Beat(memoryGib: 24);
        await Lease();

        var why = await Why(sweep, 1);

        Assert.Equal("max_parallel", why.Code);
        Assert.Contains("1 of at most 1 slots", why.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_failed_is_tried_again_and_what_succeeded_is_refused()
    {
        var sweep = await Submit(Spec(experiments: 2));
        var (good, bad) = ((await Lease())!.Experiments[0], (await Lease())!.Experiments[0]);
        await Tell(good, new AttemptOutcome(AttemptResult.Succeeded));
        await Tell(bad, new AttemptOutcome(AttemptResult.Failed, FailureClass.User, "no such file"));

        var refused = await silo.Send(Routes.Fill(Routes.ExperimentRetry, good.Id), new { });
        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
        Assert.Contains("succeeded", (await SiloProcess.Problem(refused)).GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal([bad.Id], (await silo.Post<RetriedExperiments>(Routes.Fill(Routes.SweepRetryFailed, sweep.Id), new { })).Experiments);

        var again = (await Lease())!.Experiments[0];
        Assert.Equal((bad.Id, 2), (again.Id, again.Attempt));
        var detail = await silo.Post<ExperimentDetail>(Routes.Fill(Routes.ExperimentCancel, again.Id), new { });
        Assert.Equal([FailureClass.User, FailureClass.Cancelled], detail.Attempts.Select(attempt => attempt.Class!.Value));
        Assert.Equal(HttpStatusCode.Conflict, (await silo.Send(Routes.Fill(Routes.ExperimentCancel, again.Id), new { })).StatusCode);
    }

    [Fact]
    public async Task Events_tell_what_happened_in_order_and_a_wait_ends_with_the_next()
    {
        var sweep = await Submit(Spec());
        var lease = (await Lease())!.Experiments[0];
        var sofar = await silo.Events($"sweep={sweep.Id}&after=0", all => all.Length >= 2);

        Assert.Equal(["sweep_submitted", "experiment_granted"], sofar.Select(e => e.Kind));
        var waiting = silo.Get<EventRow[]>($"{Routes.Events}?experiment={lease.Id}&after={sofar[^1].Id}&wait_seconds=20");
        await Tell(lease, new AttemptOutcome(AttemptResult.Failed, FailureClass.Numerical, "the loss is not a number at step 12"));
        var next = Assert.Single(await waiting);
        Assert.Equal(("experiment_failed", lease.Id), (next.Kind, next.Experiment));
        Assert.Contains("numerical", next.Text, StringComparison.Ordinal);
        Assert.Contains("step 12", next.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Log_lines_are_stored_once_and_only_under_a_fence_that_was_granted()
    {
        await Submit(Spec());
        var lease = (await Lease())!.Experiments[0];
        LogLine[] lines = [new(0, DateTimeOffset.UnixEpoch, "starts"), new(1, DateTimeOffset.UnixEpoch, "with \0 in it")];

        for (var time = 0; time < 2; time++) Assert.Equal(HttpStatusCode.NoContent, (await silo.Send(Routes.Logs, new[] { new LogBatch(lease.Id, lease.Fence, lines) })).StatusCode);
        await silo.Send(Routes.Logs, new[] { new LogBatch(lease.Id, lease.Fence + 1, [new(2, DateTimeOffset.UnixEpoch, "from nobody")]) });

        var stored = await silo.Get<LogRow[]>(Routes.Fill(Routes.ExperimentLogs, lease.Id));
        Assert.Equal([(1, "starts"), (1, "with  in it")], stored.Select(row => (row.Attempt, row.Text)));
        Assert.Single(await silo.Get<LogRow[]>($"{Routes.Fill(Routes.ExperimentLogs, lease.Id)}?after={stored[0].Id}"));
        Assert.Equal(HttpStatusCode.BadRequest, (await silo.Send(Routes.Logs, new[] { new LogBatch(lease.Id, lease.Fence, [new(-1, DateTimeOffset.UnixEpoch, "")]) })).StatusCode);
    }

    [Fact]
    public async Task Drain_is_told_with_the_next_heartbeat()
    {
        Assert.False((await Beat(memoryGib: 1)).Drain);

        Assert.Equal(HttpStatusCode.NoContent, (await silo.Send(Routes.Fill(Routes.WorkerDrain, worker), new { })).StatusCode);

        Assert.True((await Beat(memoryGib: 1)).Drain);
        Assert.True((await Workers()).Draining);
    }

    [Fact]
    public async Task What_does_not_exist_is_not_found_and_what_makes_no_sense_is_refused()
    {
        foreach (var route in (string[])[Routes.Fill(Routes.SweepPause, 999_999), Routes.Fill(Routes.SweepResume, 999_999), Routes.Fill(Routes.SweepRetryFailed, 999_999), Routes.Fill(Routes.ExperimentRetry, 999_999),
            Routes.Fill(Routes.ExperimentCancel, 999_999), Routes.Fill(Routes.WorkerDrain, "nobody"), Routes.Fill(Routes.WorkerUncordon, "nobody")])
        {
            Assert.Equal(HttpStatusCode.NotFound, (await silo.Send(route, new { })).StatusCode);
        }

        Assert.Equal(HttpStatusCode.NotFound, (await silo.Send(Routes.Fill(Routes.SweepPriority, 999_999), new PriorityChange(3))).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await silo.Send(Routes.Fill(Routes.SweepPriority, 1), new PriorityChange(101))).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await silo.Send(Routes.Fill(Routes.WorkerCordon, worker), new CordonRequest(" "))).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await Launch(Spec(), new string('k', 201))).StatusCode);
    }

    private SweepSpec Spec(int experiments = 1) => new()
    {
        Name = "test",
        Pool = pool,
        Group = GroupSetting.Off,
        Experiment = new() { Data = new() { Name = "shapes3d" } },
        Seeds = new SeedSetting(experiments),
    };

    private Task<SweepStatus> Submit(SweepSpec spec) => silo.Post<SweepStatus>(Routes.Sweeps, spec);

    private async Task<HttpResponseMessage> Launch(SweepSpec spec, string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Routes.Sweeps) { Content = System.Net.Http.Json.JsonContent.Create(spec, options: ContractsJson.Options) };
        request.Headers.Add(Routes.IdempotencyKey, key);
        return await silo.Client.SendAsync(request, Stop);
    }

    private async Task<Lease?> Lease(double? memoryGib = null)
    {
        var response = await silo.Send(Routes.Fill(Routes.WorkerLease, worker), new LeaseRequest(pool, "slot-0", "cpu", "cpu/test", 1, 1, memoryGib));
        return response.StatusCode == HttpStatusCode.NoContent ? null : await silo.Read<Lease>(response);
    }

    private Task<HeartbeatReply> Beat(double? memoryGib, params Held[] held) =>
        silo.Post<HeartbeatReply>(Routes.Fill(Routes.WorkerHeartbeat, worker), new Heartbeat(pool, "host", [new("slot-0", "cpu/test", 1, memoryGib)], "cpu", "1", held));

    private Task<ReportReply> Tell(LeasedExperiment lease, AttemptOutcome outcome) => silo.Post<ReportReply>(Routes.Outcomes, new OutcomeReport(lease.Id, lease.Fence, outcome));

    private Task<ExperimentRow[]> Rows(SweepStatus sweep) => silo.Get<ExperimentRow[]>(Routes.Fill(Routes.SweepExperiments, sweep.Id));

    private async Task<Contracts.Scheduling.Explanation> Why(SweepStatus sweep, int ordinal)
    {
        var row = (await Rows(sweep))[ordinal];
        var detail = await silo.Get<ExperimentDetail>(Routes.Fill(Routes.Experiment, row.Id));
        Assert.Equal(row.Why, detail.Row.Why);
        return row.Why!;
    }

    private async Task<WorkerRow> Workers() => (await silo.Get<WorkerRow[]>(Routes.Workers)).Single(row => row.Name == worker);
}
