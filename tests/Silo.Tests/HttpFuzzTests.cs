using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using ViViT.Contracts;
using ViViT.Contracts.Experiments;
using ViViT.Contracts.Specs;
using ViViT.Contracts.Wire;
using ViViT.TestKit.Fuzzing;

namespace ViViT.Silo.Tests;

/// <summary>Whatever a client sends, the silo takes it or says what is wrong with it, and serves the next one.</summary>
public sealed class HttpFuzzTests(RunningSilo running) : IClassFixture<RunningSilo>
{
    private const int Rounds = 250;

    // A request for work may wait, as it was told to.
    private static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(300);

    private readonly SiloProcess silo = running.Silo;
    private readonly string pool = $"pool-{Guid.NewGuid():n}";
    private readonly string worker = $"worker-{Guid.NewGuid():n}";

    public static TheoryData<string> BodyRoutes =>
    [
        Routes.Sweeps, Routes.SweepPriority, Routes.WorkerLease, Routes.WorkerHeartbeat, Routes.WorkerCordon, Routes.GroupSizes, Routes.MetricFlushes, Routes.Checkpoints,
        Routes.Outcomes, Routes.Logs,
    ];

    [Theory]
    [MemberData(nameof(BodyRoutes))]
    public async Task A_damaged_body_is_taken_or_refused_with_what_is_wrong(string route)
    {
        var sweep = await silo.Post<SweepStatus>(Routes.Sweeps, Spec());
        LeasedExperiment[] held = [await Lease(), await Lease()];
        var sound = held.Select((one, index) => JsonSerializer.Serialize(Sound(route, one, index), ContractsJson.Options)).ToArray();

        var address = route.Replace("{worker}", worker, StringComparison.Ordinal).Replace("{id:long}", $"{sweep.Id}", StringComparison.Ordinal);
        await silo.Send(Routes.Fill(Routes.WorkerHeartbeat, worker), Beat()); // it is known

        var tally = await Fuzz.RunAsync(Rounds, mutator => mutator.Json(mutator.Pick(sound)), body => Answers(HttpMethod.Post, address, body));

        tally.HasAtLeast(accepted: 10, refused: 50);
        await StillServes(sweep, held);
    }

    [Fact]
    public async Task Steps_that_would_spoil_the_sum_of_a_sweep_are_refused()
    {
        var sweep = await silo.Post<SweepStatus>(Routes.Sweeps, Spec());
        LeasedExperiment[] held = [await Lease(), await Lease()];

        foreach (var one in held)
        {
            var flush = new[] { new MetricFlush(one.Id, one.Fence, Seq: 0, Step: 2, TotalSteps: long.MaxValue, [new("train/loss", [1], [0.5])]) };
            Assert.False(await Answers(HttpMethod.Post, Routes.MetricFlushes, JsonSerializer.SerializeToUtf8Bytes(flush, ContractsJson.Options)));
        }

        await StillServes(sweep, held);
    }

    [Fact]
    public async Task An_odd_address_is_answered_or_refused_with_what_is_wrong()
    {
        string[] values = ["", "0", "-1", "9223372036854775807", "9223372036854775808", "1e3", "x", "%00", "a%00b", "%FF", "%ED%A0%80", "..%2f..", "%F0%9F%98%80", "null", "NaN", new('9', 400), new('x', 2_000)];
        string[] routes =
        [
            "/v1/sweeps?limit={}", "/v1/sweeps/{}", "/v1/sweeps/1/experiments?state={}", "/v1/sweeps/1/experiments?after={}", "/v1/sweeps/1/experiments?limit={}",
            "/v1/experiments/{}", "/v1/experiments/{}/curves", "/v1/experiments/1/curves?metric={}", "/v1/workers?{}={}", "/v1/events?after={}", "/v1/events?sweep={}&limit={}",
            "/v1/events?experiment={}", "/v1/experiments/1/logs?after={}",
        ];
        await silo.Post<SweepStatus>(Routes.Sweeps, Spec());

        foreach (var route in routes.SelectMany(route => values.Select(value => route.Replace("{}", value, StringComparison.Ordinal)))) await Answers(HttpMethod.Get, route, body: null);
        foreach (var name in values.Where(value => value.Length > 0))
        {
            await Answers(HttpMethod.Post, $"/v1/workers/{name}/heartbeat", JsonSerializer.SerializeToUtf8Bytes(Beat(), ContractsJson.Options));
            await Answers(HttpMethod.Post, $"/v1/sweeps/{name}/cancel", [.. "{}"u8]);
        }

        Assert.Equal(HttpStatusCode.OK, (await silo.Client.GetAsync(Routes.Workers)).StatusCode);
    }

    // True when it was taken.
    private async Task<bool> Answers(HttpMethod method, string route, byte[]? body)
    {
        using var request = new HttpRequestMessage(method, route);
        if (body is not null) request.Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
        using var patience = new CancellationTokenSource();
        if (route.EndsWith("/lease", StringComparison.Ordinal)) patience.CancelAfter(LongestWait);
        try
        {
            using var response = await silo.Client.SendAsync(request, patience.Token);
            if (response.IsSuccessStatusCode) return true;
            Assert.True((int)response.StatusCode is >= 400 and < 500, $"{method} {route}: {(int)response.StatusCode}\n{silo.Log[Math.Max(0, silo.Log.Length - 3_000)..]}");
            if (route.Split('?')[0].Contains("%00", StringComparison.Ordinal)) return false; // the web server itself refuses such a path, without words
            var problem = await SiloProcess.Problem(response);
            Assert.Equal((int)response.StatusCode, problem.GetProperty("status").GetInt32());
            return response.StatusCode == HttpStatusCode.NotFound ? false : Fuzz.Refused(problem.GetProperty("detail").GetString()!);
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested)
        {
            return true;
        }
    }

    private LeaseRequest Request() => new(pool, "0", "cpu", "cpu/test", MaxGroup: 1, WaitSeconds: 0);

    private async Task<LeasedExperiment> Lease() => Assert.Single((await silo.Post<Lease>(Routes.Fill(Routes.WorkerLease, worker), Request())).Experiments);

    private object Sound(string route, LeasedExperiment held, int index) => route switch
    {
        Routes.Sweeps => Spec(),
        Routes.SweepPriority => new PriorityChange(5),
        Routes.WorkerCordon => new CordonRequest("It runs hot."),
        Routes.Logs => new[] { new LogBatch(held.Id, held.Fence, [new(0, DateTimeOffset.UnixEpoch, "step 1"), new(1, DateTimeOffset.UnixEpoch, "step 2")]) },
        Routes.WorkerLease => Request(),
        Routes.WorkerHeartbeat => Beat(held.Held),
        Routes.GroupSizes => new MeasuredShape("cpu/test", $"shape {index}", 2, [1, 2, 4], [10, 19, 19.5]),
        Routes.MetricFlushes => new[] { new MetricFlush(held.Id, held.Fence, Seq: 0, Step: 2, TotalSteps: 4, [new("train/loss", [1, 2], [0.5, double.NaN]), new("validation/auc", [2], [0.75])]) },
        Routes.Checkpoints => new CheckpointCommit(held.Id, held.Fence, new(2, $"experiment-{held.Id}/fence-{held.Fence}/step-2", new string('a', 64), 1234)),
        Routes.Outcomes => new OutcomeReport(held.Id, held.Fence, new AttemptOutcome(AttemptResult.Failed, FailureClass.Infrastructure, "The disk is full.")),
        _ => throw new ArgumentOutOfRangeException(nameof(route), route, "No sound body is known for it."),
    };

    private Heartbeat Beat(params Held[] held) => new(pool, "host", [new("0", "cpu/test", 1, 4.5)], "cpu", "1.0", held);

    private SweepSpec Spec() => new()
    {
        Name = "test",
        Pool = pool,
        Description = "Does it train?",
        Group = GroupSetting.Off,
        Experiment = new() { Data = new() { Name = "shapes3d", Limit = 8 }, Model = new() { Width = 16, Layers = 1, Heads = 2 }, Training = new() { Epochs = 1, WeightAverage = 0.9 } },
        Grid = new Dictionary<string, IReadOnlyList<JsonElement>> { ["seed"] = [JsonElement.Parse("1"), JsonElement.Parse("2")] },
    };

    private async Task StillServes(SweepStatus sweep, LeasedExperiment[] held)
    {
        string[] routes =
        [
            Routes.HealthReady, $"{Routes.Sweeps}?limit=1000", Routes.Workers, Routes.Fill(Routes.Sweep, sweep.Id), Routes.Fill(Routes.SweepExperiments, sweep.Id),
            .. held.SelectMany(one => new[] { Routes.Fill(Routes.Experiment, one.Id), Routes.Fill(Routes.ExperimentCurves, one.Id) }),
        ];
        foreach (var route in routes)
        {
            var response = await silo.Client.GetAsync(route);
            Assert.True(response.IsSuccessStatusCode, $"{route}: {(int)response.StatusCode} {await response.Content.ReadAsStringAsync()}\n{silo.Log[Math.Max(0, silo.Log.Length - 3_000)..]}");
        }

        Assert.NotNull(await silo.Post<SweepStatus>(Routes.Sweeps, Spec()));
    }
}
