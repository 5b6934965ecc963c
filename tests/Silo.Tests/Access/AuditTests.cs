using System.Net.Http.Json;
using System.Text.Json;
using ViViT.Contracts;
using ViViT.Contracts.Access;
using ViViT.Contracts.Experiments;
using ViViT.Contracts.Specs;
using ViViT.Contracts.Wire;

namespace ViViT.Silo.Tests.Access;

/// <summary>Who wanted what stands in the events, for good.</summary>
public sealed class AuditTests(RunningSilo running) : IClassFixture<RunningSilo>
{
    private readonly SiloProcess silo = running.Silo;
    private readonly string pool = $"pool-{Guid.NewGuid():n}";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_change_by_a_person_names_the_token()
    {
        var made = await silo.Token(Role.Submitter);
        using var ada = silo.As(made.Secret);
        var by = $"token {made.Token.Name}";
        var sweep = await Said<SweepStatus>(ada, Routes.Sweeps, Spec());
        var experiments = await silo.Get<ExperimentRow[]>(Routes.Fill(Routes.SweepExperiments, sweep.Id));

        await Said<SweepStatus>(ada, Routes.Fill(Routes.SweepPriority, sweep.Id), new PriorityChange(7));
        await Said<SweepStatus>(ada, Routes.Fill(Routes.SweepPause, sweep.Id), new { });
        var why = (await silo.Get<ExperimentDetail>(Routes.Fill(Routes.Experiment, experiments[0].Id))).Row.Why!;
        await Said<SweepStatus>(ada, Routes.Fill(Routes.SweepResume, sweep.Id), new { });
        await Said<ExperimentDetail>(ada, Routes.Fill(Routes.ExperimentCancel, experiments[0].Id), new { });
        await Said<ExperimentDetail>(ada, Routes.Fill(Routes.ExperimentRetry, experiments[0].Id), new { });
        await Said<SweepStatus>(ada, Routes.Fill(Routes.SweepCancel, sweep.Id), new { });

        Assert.Equal(("paused", $"sweep {sweep.Id} is paused by {by}"), (why.Code, why.Text));
        var events = await silo.Events($"sweep={sweep.Id}&limit=1000", all => all.Any(one => one.Kind == "sweep_cancelled"));
        foreach (var kind in (string[])["sweep_submitted", "sweep_priority", "sweep_paused", "sweep_running", "experiment_cancelled", "experiment_queued", "sweep_cancelled"])
        {
            Assert.Contains(events, one => one.Kind == kind && one.By == by);
        }

        Assert.Contains(events, one => one.Kind == "experiment_cancelled" && one.Text.Contains($"Cancelled by {by}.", StringComparison.Ordinal));
        Assert.All(events.Where(one => one.Kind == "experiment_cancelled"), one => Assert.Equal(by, one.By)); // those of the cancelled sweep, too
    }

    [Fact]
    public async Task What_failed_and_is_retried_and_what_is_done_to_workers_names_the_token()
    {
        var sweep = await silo.Post<SweepStatus>(Routes.Sweeps, Spec() with { MaxAttempts = 1 });
        var lease = await silo.Post<Lease>(Routes.Fill(Routes.WorkerLease, pool), new LeaseRequest(pool, "0", "cpu", "cpu/test", MaxGroup: 1, WaitSeconds: 0));
        await silo.Post<HeartbeatReply>(Routes.Fill(Routes.WorkerHeartbeat, pool), new Heartbeat(pool, "host", [new("0", "cpu/test", 1, 4.5)], "cpu", "1.0", []));
        await silo.Post<ReportReply>(Routes.Outcomes, new OutcomeReport(lease.Experiments[0].Id, lease.Experiments[0].Fence, new(AttemptResult.Failed, FailureClass.User, "it broke")));

        await silo.Post<RetriedExperiments>(Routes.Fill(Routes.SweepRetryFailed, sweep.Id), new { });
        await silo.Send(Routes.Fill(Routes.WorkerCordon, pool), new CordonRequest("It runs hot."));
        await silo.Send(Routes.Fill(Routes.WorkerUncordon, pool), new { });
        await silo.Send(Routes.Fill(Routes.WorkerDrain, pool), new { });

        var events = await silo.Events("limit=10000", all => all.Any(one => one.Kind == "worker_draining" && one.Worker == pool));
        Assert.Contains(events, one => one is { Kind: "experiment_queued", By: "token admin" } && one.Experiment == lease.Experiments[0].Id);
        Assert.Contains(events, one => one is { Kind: "experiment_failed", By: null } && one.Experiment == lease.Experiments[0].Id);
        foreach (var kind in (string[])["worker_cordoned", "worker_uncordoned", "worker_draining"]) Assert.Contains(events, one => one.Kind == kind && one.Worker == pool && one.By == "token admin");
    }

    private async Task<T> Said<T>(HttpClient client, string route, object body) => await silo.Read<T>(await client.PostAsync(route, JsonContent.Create(body, body.GetType(), options: ContractsJson.Options), Stop));

    private SweepSpec Spec() => new()
    {
        Name = "test",
        Pool = pool,
        Group = GroupSetting.Off,
        Experiment = new() { Data = new() { Name = "shapes3d", Limit = 8 }, Model = new() { Width = 16, Layers = 1, Heads = 2 }, Training = new() { Epochs = 1 } },
        Grid = new Dictionary<string, IReadOnlyList<JsonElement>> { ["seed"] = [JsonElement.Parse("1"), JsonElement.Parse("2")] },
    };
}
