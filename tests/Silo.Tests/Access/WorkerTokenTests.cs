using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using ViViT.Contracts;
using ViViT.Contracts.Access;
using ViViT.Contracts.Experiments;
using ViViT.Contracts.Specs;
using ViViT.Contracts.Wire;

namespace ViViT.Silo.Tests.Access;

/// <summary>A worker's token is worth only its own leases.</summary>
public sealed class WorkerTokenTests(RunningSilo running) : IClassFixture<RunningSilo>
{
    private readonly SiloProcess silo = running.Silo;
    private readonly string pool = $"pool-{Guid.NewGuid():n}";
    private readonly string worker = $"worker-{Guid.NewGuid():n}";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_does_the_whole_of_a_workers_work_in_its_pool()
    {
        using var own = await silo.As(Role.Worker, pool);
        await Submit(1);

        var held = await Lease(own, worker);
        Assert.Empty((await Said<HeartbeatReply>(own, Routes.Fill(Routes.WorkerHeartbeat, worker), Beat(pool, held.Held))).Lost);
        Assert.Equal([ReportStatus.Accepted], (await Said<ReportReply[]>(own, Routes.MetricFlushes, new[] { Flush(held) })).Select(reply => reply.Status));
        Assert.Equal(ReportStatus.Accepted, (await Said<ReportReply>(own, Routes.Checkpoints, Commit(held))).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await Send(own, Routes.Logs, Lines(held))).StatusCode);
        Assert.Equal(ReportStatus.Accepted, (await Said<ReportReply>(own, Routes.Outcomes, Done(held))).Status);
        Assert.Equal(ReportStatus.Duplicate, (await Said<ReportReply>(own, Routes.Outcomes, Done(held))).Status);
        Assert.Equal(ExperimentState.Succeeded, (await silo.Get<ExperimentDetail>(Routes.Fill(Routes.Experiment, held.Id))).Row.State);
    }

    [Fact]
    public async Task It_takes_nothing_from_another_pool()
    {
        using var foreign = await silo.As(Role.Worker, "another");
        await Submit(1);

        await Refused(foreign, Routes.Fill(Routes.WorkerLease, worker), Request(pool), "is of a worker of pool 'another'");
        await Refused(foreign, Routes.Fill(Routes.WorkerHeartbeat, worker), Beat(pool), "is of a worker of pool 'another'");

        await Lease(await silo.As(Role.Worker, pool), worker); // the name is still free, and the work is there
    }

    [Theory]
    [InlineData("another pool")]
    [InlineData("the same pool")]
    public async Task It_says_nothing_of_what_another_tokens_worker_does(string where)
    {
        using var own = await silo.As(Role.Worker, pool);
        using var foreign = await silo.As(Role.Worker, where == "the same pool" ? pool : "another");
        await Submit(1);
        var held = await Lease(own, worker);

        for (var again = 0; again < 2; again++) // from the database, then from memory
        {
            await Refused(foreign, Routes.MetricFlushes, new[] { Flush(held) }, "was not granted to a worker of the token");
            await Refused(foreign, Routes.Checkpoints, Commit(held), "was not granted to a worker of the token");
            await Refused(foreign, Routes.Outcomes, Done(held), "was not granted to a worker of the token");
            await Refused(foreign, Routes.Logs, Lines(held), "was not granted to a worker of the token");
        }

        var detail = await silo.Get<ExperimentDetail>(Routes.Fill(Routes.Experiment, held.Id));
        Assert.Equal((ExperimentState.Running, 0L, null), (detail.Row.State, detail.Row.Step, detail.Checkpoint));
        Assert.Empty(detail.Metrics);
        Assert.Empty(await silo.Get<LogRow[]>(Routes.Fill(Routes.ExperimentLogs, held.Id)));
        Assert.Equal(ReportStatus.Accepted, (await Said<ReportReply>(own, Routes.Outcomes, Done(held))).Status);
    }

    [Fact]
    public async Task One_report_of_anothers_among_its_own_spoils_them_all()
    {
        using var own = await silo.As(Role.Worker, pool);
        using var other = await silo.As(Role.Worker, pool);
        await Submit(2);
        var (mine, theirs) = (await Lease(own, worker), await Lease(other, worker + "-2"));

        await Refused(own, Routes.MetricFlushes, new[] { Flush(mine), Flush(theirs) }, "was not granted to a worker of the token");

        Assert.Empty((await silo.Get<ExperimentDetail>(Routes.Fill(Routes.Experiment, mine.Id))).Metrics);
        Assert.Equal([ReportStatus.Accepted], (await Said<ReportReply[]>(own, Routes.MetricFlushes, new[] { Flush(mine) })).Select(reply => reply.Status));
    }

    [Fact]
    public async Task It_cannot_be_a_worker_that_another_token_was_first()
    {
        using var own = await silo.As(Role.Worker, pool);
        using var other = await silo.As(Role.Worker, pool);
        await Submit(2);
        var held = await Lease(own, worker);

        await Refused(other, Routes.Fill(Routes.WorkerHeartbeat, worker), Beat(pool, held.Held), "is another token's");
        await Refused(other, Routes.Fill(Routes.WorkerLease, worker), Request(pool), "is another token's");
        await Lease(silo.Client, worker + "-local");
        await Refused(other, Routes.Fill(Routes.WorkerLease, worker + "-local"), Request(pool), "is another token's");
    }

    [Fact]
    public async Task What_it_holds_under_another_name_is_not_renewed()
    {
        using var own = await silo.As(Role.Worker, pool);
        using var other = await silo.As(Role.Worker, pool);
        await Submit(1);
        var held = await Lease(own, worker);

        var reply = await Said<HeartbeatReply>(other, Routes.Fill(Routes.WorkerHeartbeat, worker + "-2"), Beat(pool, held.Held));

        Assert.Equal([held.Id], reply.Lost);
    }

    [Fact]
    public async Task Of_attempts_that_never_were_nothing_is_stored_and_the_lease_counts_as_lost()
    {
        using var own = await silo.As(Role.Worker, pool);
        await Submit(1);
        var held = await Lease(own, worker);
        var next = held with { Fence = held.Fence + 1 };

        var flushed = await Said<ReportReply[]>(own, Routes.MetricFlushes, new[] { Flush(next), Flush(held), Flush(next with { Id = new(999_999_999) }) });

        Assert.Equal([ReportStatus.LeaseLost, ReportStatus.Accepted, ReportStatus.LeaseLost], flushed.Select(reply => reply.Status));
        Assert.Equal(ReportStatus.LeaseLost, (await Said<ReportReply>(own, Routes.Checkpoints, Commit(next))).Status);
        Assert.Equal(ReportStatus.LeaseLost, (await Said<ReportReply>(own, Routes.Outcomes, Done(next))).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await Send(own, Routes.Logs, Lines(next))).StatusCode);
        Assert.Empty(await silo.Get<LogRow[]>(Routes.Fill(Routes.ExperimentLogs, held.Id)));
    }

    [Fact]
    public async Task A_token_that_takes_over_has_the_workers_of_the_one_before_and_both_work_for_a_while()
    {
        var first = await silo.Token(Role.Worker, pool);
        await Submit(1);
        var held = await Lease(silo.As(first.Secret), worker);

        var second = await silo.Post<CreatedToken>(Routes.Tokens, new TokenRequest(first.Token.Name, Role.Worker, pool, Replace: true));

        Assert.Equal([ReportStatus.Accepted], (await Said<ReportReply[]>(silo.As(first.Secret), Routes.MetricFlushes, new[] { Flush(held) })).Select(reply => reply.Status));
        Assert.Empty((await Said<HeartbeatReply>(silo.As(second.Secret), Routes.Fill(Routes.WorkerHeartbeat, worker), Beat(pool, held.Held))).Lost);
        Assert.Equal(ReportStatus.Accepted, (await Said<ReportReply>(silo.As(second.Secret), Routes.Outcomes, Done(held))).Status);
    }

    [Theory]
    [InlineData("experiment-0/fence-1/step-1")]
    [InlineData("experiment-{id}0/fence-1/step-1")]
    [InlineData("experiment-{id}/../experiment-0/step-1")]
    [InlineData("experiment-{id}/./step-1")]
    [InlineData("experiment-{id}//step-1")]
    [InlineData("/experiment-{id}/step-1")]
    [InlineData("experiment-{id}/%2e%2e/step-1")]
    [InlineData("experiment-{id}/\\..\\step-1")]
    [InlineData("experiment-{id}/a\0b")]
    [InlineData("experiment-{id}/․․/step-1")]
    [InlineData("experiment-{id}/．．/step-1")]
    [InlineData("experiment-{id}/step-1\n")]
    [InlineData("experiment-{id}")]
    public async Task A_checkpoint_lies_in_its_experiments_folder(string path)
    {
        await Submit(1);
        var held = await Lease(silo.Client, worker);
        var commit = Commit(held) with { Checkpoint = Commit(held).Checkpoint with { Path = path.Replace("{id}", $"{held.Id}", StringComparison.Ordinal) } };

        var response = await Send(silo.Client, Routes.Checkpoints, commit);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Null((await silo.Get<ExperimentDetail>(Routes.Fill(Routes.Experiment, held.Id))).Checkpoint);
    }

    private static MetricFlush Flush(LeasedExperiment held) => new(held.Id, held.Fence, Seq: 0, Step: 2, TotalSteps: 4, [new("train/loss", [1, 2], [0.5, 0.25])]);

    private static CheckpointCommit Commit(LeasedExperiment held) => new(held.Id, held.Fence, new(2, $"experiment-{held.Id}/fence-{held.Fence}/step-2", new string('a', 64), 1234));

    private static OutcomeReport Done(LeasedExperiment held) => new(held.Id, held.Fence, new AttemptOutcome(AttemptResult.Succeeded));

    private static LogBatch[] Lines(LeasedExperiment held) => [new(held.Id, held.Fence, [new(0, DateTimeOffset.UnixEpoch, "hello")])];

    private static LeaseRequest Request(string pool) => new(pool, "0", "cpu", "cpu/test", MaxGroup: 1, WaitSeconds: 0);

    private static Heartbeat Beat(string pool, params Held[] held) => new(pool, "host", [new("0", "cpu/test", 1, 4.5)], "cpu", "1.0", held);

    private static Task<HttpResponseMessage> Send(HttpClient client, string route, object body) => client.PostAsync(route, JsonContent.Create(body, body.GetType(), options: ContractsJson.Options), Stop);

    private static async Task Refused(HttpClient client, string route, object body, string why)
    {
        var response = await Send(client, route, body);
        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        Assert.Contains(why, (await SiloProcess.Problem(response)).GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    private async Task<T> Said<T>(HttpClient client, string route, object body) => await silo.Read<T>(await Send(client, route, body));

    private async Task<LeasedExperiment> Lease(HttpClient client, string name) => Assert.Single((await Said<Lease>(client, Routes.Fill(Routes.WorkerLease, name), Request(pool))).Experiments);

    private Task<SweepStatus> Submit(int experiments) => silo.Post<SweepStatus>(Routes.Sweeps, new SweepSpec
    {
        Name = "test",
        Pool = pool,
        Group = GroupSetting.Off,
        Experiment = new() { Data = new() { Name = "shapes3d", Limit = 8 }, Model = new() { Width = 16, Layers = 1, Heads = 2 }, Training = new() { Epochs = 1 } },
        Grid = new Dictionary<string, IReadOnlyList<JsonElement>> { ["seed"] = [.. Enumerable.Range(1, experiments).Select(seed => JsonElement.Parse($"{seed}"))] },
    });
}
