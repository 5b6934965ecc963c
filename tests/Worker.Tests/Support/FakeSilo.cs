using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using ViViT.Contracts;
using ViViT.Contracts.Experiments;
using ViViT.Contracts.Specs;
using ViViT.Contracts.Wire;

namespace ViViT.Worker.Tests.Support;

/// <summary>The silo's side of the protocol in memory, over real HTTP, with faults on demand.</summary>
internal sealed class FakeSilo : IAsyncDisposable
{
    private static long lastId;

    private readonly WebApplication app;
    private readonly Channel<Lease> queue = Channel.CreateUnbounded<Lease>();
    private readonly ConcurrentDictionary<Held, StoredAttempt> attempts = [];
    private readonly ConcurrentDictionary<Held, bool> lost = [];
    private readonly ConcurrentDictionary<Held, string> wantedBack = [];
    private readonly double termSeconds;
    private int effects;
    private long fence;

    private FakeSilo(WebApplication app, double termSeconds) => (this.app, this.termSeconds) = (app, termSeconds);

    public Uri Address => new(app.Urls.First());

    public string Token => "secret";

    /// <summary>What happens to the n-th request that carries an effect (from 0); the default is that it is answered.</summary>
    public Func<int, string, Fault> OnEffect { get; set; } = (_, _) => Fault.None;

    /// <summary>Answers every request with 503.</summary>
    public bool Away { get; set; }

    /// <summary>Answers every request with 429 and that it may come again after so many seconds.</summary>
    public int? RetryAfter { get; set; }

    /// <summary>Refuses log lines for good.</summary>
    public bool RefusesLogs { get; set; }

    /// <summary>Wants the worker to hand back everything and end.</summary>
    public bool Drains { get; set; }

    /// <summary>W3C traceparent of what is granted from now on.</summary>
    public string? Trace { get; set; }

    public ConcurrentQueue<Heartbeat> Heartbeats { get; } = [];

    public ConcurrentQueue<LeaseRequest> LeaseRequests { get; } = [];

    public ConcurrentQueue<MeasuredShape> Measured { get; } = [];

    public int Effects => effects;

    public static async Task<FakeSilo> Start(double termSeconds = 1.5)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var silo = new FakeSilo(app, termSeconds);
        app.Use(silo.Gate);
        app.MapPost(Routes.WorkerLease, silo.Lease);
        app.MapPost(Routes.WorkerHeartbeat, silo.Heartbeat);
        app.MapPost(Routes.MetricFlushes, context => silo.Effect<IReadOnlyList<MetricFlush>, IReadOnlyList<ReportReply>>(
            context, flushes => [.. flushes.Select(flush => silo.Of(flush.Experiment, flush.Fence).Flush(flush))]));
        app.MapPost(Routes.Checkpoints, context => silo.Effect<CheckpointCommit, ReportReply>(
            context, commit => silo.Of(commit.Experiment, commit.Fence).Commit(commit)));
        app.MapPost(Routes.Outcomes, context => silo.Effect<OutcomeReport, ReportReply>(
            context, outcome => silo.Of(outcome.Experiment, outcome.Fence).End(outcome)));
        app.MapPost(Routes.Logs, silo.Logs);
        app.MapPost(Routes.GroupSizes, async context =>
        {
            silo.Measured.Enqueue(await Read<MeasuredShape>(context));
            context.Response.StatusCode = StatusCodes.Status204NoContent;
        });
        await app.StartAsync();
        return silo;
    }

    /// <summary>Queues an attempt; of a new experiment, or of <paramref name="of"/>.</summary>
    public StoredAttempt Offer(ExperimentSpec spec, StoredAttempt? of = null, CheckpointManifest? resumeFrom = null)
    {
        var attempt = NewAttempt(spec, of, resumeFrom, of?.Leased.Place ?? 0);
        queue.Writer.TryWrite(new([attempt.Leased], termSeconds));
        return attempt;
    }

    /// <summary>Queues attempts that train as one in a group of <paramref name="size"/> places.</summary>
    public StoredAttempt[] OfferGroup(int size, params (ExperimentSpec Spec, int Place)[] members)
    {
        StoredAttempt[] attempts = [.. members.Select(member => NewAttempt(member.Spec, of: null, resumeFrom: null, member.Place))];
        queue.Writer.TryWrite(new([.. attempts.Select(attempt => attempt.Leased)], termSeconds, size));
        return attempts;
    }

    /// <summary>Queues the next attempts of a group, each from its last committed checkpoint.</summary>
    public StoredAttempt[] OfferAgain(int size, params StoredAttempt[] group) => OfferFrom(size, [.. group.Select(before => (before, before.Commits is [.., var last] ? last : null))]);

    /// <summary>Queues the next attempts of a group, each from that checkpoint.</summary>
    public StoredAttempt[] OfferFrom(int size, params (StoredAttempt Before, CheckpointManifest? Checkpoint)[] group)
    {
        StoredAttempt[] attempts = [.. group.Select(next => NewAttempt(next.Before.Leased.Spec, next.Before, next.Checkpoint, next.Before.Leased.Place))];
        queue.Writer.TryWrite(new([.. attempts.Select(attempt => attempt.Leased)], termSeconds, size));
        return attempts;
    }

    /// <summary>Queues the wish to know a shape.</summary>
    public void OfferMeasurement(ShapeToMeasure unknown) => queue.Writer.TryWrite(new([], termSeconds, Measure: unknown));

    /// <summary>An attempt that is not handed out: its lease is the test's.</summary>
    public StoredAttempt Grant(ExperimentSpec spec) =>
        NewAttempt(spec, of: null, resumeFrom: null, place: 0);

    public void Lose(StoredAttempt attempt)
    {
        attempt.IsLost = true;
        lost[attempt.Held] = true;
    }

    /// <summary>Asks with every heartbeat to save it and hand it back, for as long as it is held.</summary>
    public void WantBack(StoredAttempt attempt, string reason) => wantedBack[attempt.Held] = reason;

    public async ValueTask DisposeAsync() => await app.DisposeAsync();

    private StoredAttempt NewAttempt(ExperimentSpec spec, StoredAttempt? of, CheckpointManifest? resumeFrom, int place)
    {
        var id = of?.Leased.Id ?? new ExperimentId(Interlocked.Increment(ref lastId));
        var leased = new LeasedExperiment(id, new SweepId(1), (of?.Leased.Attempt ?? 0) + 1, Interlocked.Increment(ref fence), spec, resumeFrom, place, Trace: Trace);
        return attempts[leased.Held] = new StoredAttempt(leased);
    }

    private StoredAttempt Of(ExperimentId experiment, long fence) => attempts[new(experiment, fence)];

    private async Task Gate(HttpContext context, RequestDelegate next)
    {
        if (Away) context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        else if (RetryAfter is { } seconds) (context.Response.StatusCode, context.Response.Headers.RetryAfter) = (StatusCodes.Status429TooManyRequests, $"{seconds}");
        else if (context.Request.Headers.Authorization != $"Bearer {Token}") context.Response.StatusCode = StatusCodes.Status401Unauthorized;
        else await next(context);
    }

    private async Task Lease(HttpContext context)
    {
        var request = await Read<LeaseRequest>(context);
        LeaseRequests.Enqueue(request);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        patience.CancelAfter(TimeSpan.FromSeconds(request.WaitSeconds));
        try
        {
            await Write(context, await queue.Reader.ReadAsync(patience.Token));
        }
        catch (OperationCanceledException)
        {
            context.Response.StatusCode = StatusCodes.Status204NoContent;
        }
    }

    private async Task Heartbeat(HttpContext context)
    {
        var heartbeat = await Read<Heartbeat>(context);
        Heartbeats.Enqueue(heartbeat);
        await Write(context, new HeartbeatReply(
            [.. heartbeat.Held.Where(lost.ContainsKey).Select(held => held.Experiment)], termSeconds,
            [.. heartbeat.Held.Where(wantedBack.ContainsKey).Select(held => new ReleaseRequest(held.Experiment, wantedBack[held]))], Drains));
    }

    private async Task Logs(HttpContext context)
    {
        var batches = await Read<IReadOnlyList<LogBatch>>(context);
        foreach (var batch in batches) Of(batch.Experiment, batch.Fence).Write(batch.Lines);
        context.Response.StatusCode = RefusesLogs ? StatusCodes.Status400BadRequest : StatusCodes.Status204NoContent;
    }

    private async Task Effect<TRequest, TReply>(HttpContext context, Func<TRequest, TReply> apply)
    {
        var fault = OnEffect(Interlocked.Increment(ref effects) - 1, context.Request.Path);
        var request = await Read<TRequest>(context);
        switch (fault)
        {
            case Fault.Unavailable:
                context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
                return;
            case Fault.Refused:
                context.Response.StatusCode = StatusCodes.Status400BadRequest;
                await context.Response.WriteAsync("""{"title":"Bad request","detail":"the metric's name has a blank"}""");
                return;
        }

        TReply reply;
        lock (attempts)
        {
            reply = apply(request);
        }

        switch (fault)
        {
            case Fault.StoredThenError:
                context.Response.StatusCode = StatusCodes.Status500InternalServerError;
                return;
            case Fault.StoredThenCut:
                context.Abort();
                return;
            default:
                await Write(context, reply);
                return;
        }
    }

    private static async Task<T> Read<T>(HttpContext context) =>
        (await context.Request.ReadFromJsonAsync<T>(ContractsJson.Options, context.RequestAborted))!;

    private static Task Write<T>(HttpContext context, T value) => context.Response.WriteAsJsonAsync(value, ContractsJson.Options);
}

internal enum Fault
{
    None,
    Unavailable,
    Refused,
    StoredThenError,
    StoredThenCut,
}

/// <summary>What the silo has of one attempt.</summary>
internal sealed class StoredAttempt(LeasedExperiment leased)
{
    private readonly TaskCompletionSource<AttemptOutcome> outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<string> order = [];
    private readonly List<(string Metric, long Step, double Value)> points = [];
    private readonly List<CheckpointManifest> commits = [];
    private readonly List<int> seqs = [];
    private readonly SortedDictionary<int, string> lines = [];
    private int nextSeq;

    public LeasedExperiment Leased => leased;

    public Held Held => leased.Held;

    public bool IsLost { get; set; }

    /// <summary>Answer the next flush with a gap at this number, once.</summary>
    public int? PretendGapAt { get; set; }

    public Task<AttemptOutcome> Outcome => outcome.Task.WaitAsync(TimeSpan.FromSeconds(120));

    public bool HasOutcome => outcome.Task.IsCompleted;

    /// <summary>Every effect that was stored, in the order of storing: <c>flush 0 up to 12</c>, <c>commit 12</c>, <c>outcome</c>.</summary>
    public IReadOnlyList<string> Order => Locked(order);

    public IReadOnlyList<(string Metric, long Step, double Value)> Points => Locked(points);

    public IReadOnlyList<CheckpointManifest> Commits => Locked(commits);

    public IReadOnlyList<int> Seqs => Locked(seqs);

    public long TotalSteps { get; private set; }

    /// <summary>The lines of its log, by number.</summary>
    public IReadOnlyDictionary<int, string> Log
    {
        get
        {
            lock (order)
            {
                return new Dictionary<int, string>(lines);
            }
        }
    }

    public void Write(IReadOnlyList<LogLine> more)
    {
        lock (order)
        {
            foreach (var line in more) lines.TryAdd(line.Seq, line.Text);
        }
    }

    public ReportReply Flush(MetricFlush flush)
    {
        lock (order)
        {
            if (IsLost) return new(ReportStatus.LeaseLost);
            if (PretendGapAt is { } gap)
            {
                PretendGapAt = null;
                return new(ReportStatus.Gap, gap);
            }

            if (flush.Seq != nextSeq) return new(flush.Seq < nextSeq ? ReportStatus.Duplicate : ReportStatus.Gap, nextSeq);
            nextSeq++;
            seqs.Add(flush.Seq);
            order.Add($"flush {flush.Seq} up to {flush.Step}");
            TotalSteps = flush.TotalSteps;
            points.AddRange(flush.Chunks.SelectMany(chunk => chunk.Steps.Zip(chunk.Values, (step, value) => (chunk.Metric, step, value))));
            return new(ReportStatus.Accepted, nextSeq);
        }
    }

    public ReportReply Commit(CheckpointCommit commit)
    {
        lock (order)
        {
            if (IsLost) return new(ReportStatus.LeaseLost);
            if (commits.Contains(commit.Checkpoint)) return new(ReportStatus.Duplicate);
            commits.Add(commit.Checkpoint);
            order.Add($"commit {commit.Checkpoint.Step}");
            return new(ReportStatus.Accepted);
        }
    }

    public ReportReply End(OutcomeReport report)
    {
        lock (order)
        {
            if (IsLost) return new(ReportStatus.LeaseLost);
            if (!outcome.TrySetResult(report.Outcome)) return new(ReportStatus.Duplicate);
            order.Add("outcome");
            return new(ReportStatus.Accepted);
        }
    }

    private T[] Locked<T>(List<T> list)
    {
        lock (order)
        {
            return [.. list];
        }
    }
}
