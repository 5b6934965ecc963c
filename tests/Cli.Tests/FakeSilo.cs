using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using ViViT.Contracts;
using ViViT.Contracts.Access;
using ViViT.Contracts.Experiments;
using ViViT.Contracts.Specs;
using ViViT.Contracts.Sweeps;
using ViViT.Contracts.Wire;

namespace ViViT.Cli.Tests;

/// <summary>The silo's side of the client protocol over real HTTP: one sweep, number 7, of experiments from number 70 on.</summary>
internal sealed class FakeSilo : IAsyncDisposable
{
    public const string Token = "secret";
    public static readonly DateTimeOffset Began = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private readonly WebApplication app;
    private int looks;

    private FakeSilo(WebApplication app) => this.app = app;

    public Uri Address => new(app.Urls.First());

    /// <summary>The experiments as the n-th look at the sweep (from 1) finds them.</summary>
    public Func<int, ExperimentRow[]> Rows { get; set; } = _ => [Row(0, ExperimentState.Queued)];

    /// <summary>Null: as the experiments' states say.</summary>
    public SweepState? State { get; set; }

    /// <summary>Answers instead of the route when it returns true; the number counts all requests from 1.</summary>
    public Func<HttpContext, int, bool> Instead { get; set; } = (_, _) => false;

    public ExperimentDetail? Detail { get; set; }

    public Curve[] Curves { get; set; } = [];

    public WorkerRow[] Workers { get; set; } = [];

    public WhoAmI WhoAmI { get; set; } = new("ada", Role.Submitter, Pool: null);

    public IReadOnlyList<EventRow> Events { get; set; } = [];

    public IReadOnlyList<LogRow> Logs { get; set; } = [];

    public ConcurrentQueue<string> Requests { get; } = [];

    public ConcurrentQueue<TokenRequest> TokensWanted { get; } = [];

    public TokenRow[] Tokens { get; set; } = [];

    public ConcurrentQueue<SweepSpec> Launched { get; } = [];

    /// <summary>The client that speaks to it.</summary>
    public Vivit Client() => new Vivit().To(Address, Token);

    public static async Task<FakeSilo> Start()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var silo = new FakeSilo(app);
        app.Use(silo.Gate);
        app.MapPost(Routes.Sweeps, async context =>
        {
            silo.Launched.Enqueue((await context.Request.ReadFromJsonAsync<SweepSpec>(ContractsJson.Options, context.RequestAborted))!);
            await Write(context, silo.Status(silo.Rows(0)));
        });
        app.MapGet(Routes.Sweeps, context => Write(context, new[] { silo.Status(silo.Rows(0)) }));
        app.MapGet(Routes.Sweep, context => Write(context, silo.Status(silo.Rows(Interlocked.Increment(ref silo.looks)))));
        app.MapGet(Routes.SweepExperiments, context =>
        {
            var (after, limit) = (Query(context, "after"), Query(context, "limit"));
            return Write(context, silo.Rows(silo.looks).Where(row => row.Ordinal > after).Take(limit).ToArray());
        });
        foreach (var (route, state) in ((string, SweepState)[])[(Routes.SweepCancel, SweepState.Cancelled), (Routes.SweepPause, SweepState.Paused), (Routes.SweepResume, SweepState.Running)])
        {
            app.MapPost(route, context =>
            {
                silo.State = state;
                return Write(context, silo.Status(silo.Rows(0)));
            });
        }

        app.MapPost(Routes.SweepPriority, async context =>
        {
            var change = (await context.Request.ReadFromJsonAsync<PriorityChange>(ContractsJson.Options, context.RequestAborted))!;
            await Write(context, silo.Status(silo.Rows(0)) with { Priority = change.Priority });
        });
        app.MapPost(Routes.SweepRetryFailed, context => Write(context, new RetriedExperiments([.. silo.Rows(0).Where(row => row.State == ExperimentState.Failed).Select(row => row.Id)])));
        app.MapPost(Routes.ExperimentRetry, context => Write(context, silo.Detail!));
        app.MapPost(Routes.ExperimentCancel, context => Write(context, silo.Detail!));
        app.MapGet(Routes.ExperimentLogs, context => Write(context, silo.Logs.Where(row => row.Id > Query(context, "after")).ToArray()));
        app.MapGet(Routes.Events, context => Write(context, silo.Events.Where(row => row.Id > (context.Request.Query.ContainsKey("after") ? Query(context, "after") : 0)).ToArray()));
        foreach (var route in (string[])[Routes.WorkerCordon, Routes.WorkerUncordon, Routes.WorkerDrain])
        {
            app.MapPost(route, context =>
            {
                context.Response.StatusCode = StatusCodes.Status204NoContent;
                return Task.CompletedTask;
            });
        }

        app.MapPost(Routes.Tokens, async context =>
        {
            var wanted = (await context.Request.ReadFromJsonAsync<TokenRequest>(ContractsJson.Options, context.RequestAborted))!;
            silo.TokensWanted.Enqueue(wanted);
            await Write(context, new CreatedToken(new(5, wanted.Name, wanted.Role, wanted.Pool, Began, "token admin", ExpiresAt: null, RevokedAt: null, LastUsedAt: null), "vivit_fresh"));
        });
        app.MapGet(Routes.Tokens, context => Write(context, silo.Tokens));
        app.MapPost(Routes.TokenRevoke, context =>
        {
            context.Response.StatusCode = StatusCodes.Status204NoContent;
            return Task.CompletedTask;
        });
        app.MapGet(Routes.Experiment, context => Write(context, silo.Detail!));
        app.MapGet(Routes.ExperimentCurves, context => Write(context, silo.Curves));
        app.MapGet(Routes.Workers, context => Write(context, silo.Workers));
        app.MapGet(Routes.WhoAmI, context => Write(context, silo.WhoAmI));
        app.MapGet(Routes.HealthReady, () => "ready");
        await app.StartAsync();
        return silo;
    }

    public static ExperimentRow Row(int ordinal, ExperimentState state, string? reason = null, double? auc = null, int attempt = 1) => new(
        new ExperimentId(70 + ordinal), new SweepId(7), ordinal, new Dictionary<string, string> { ["training.learning_rate"] = ordinal == 0 ? "0.001" : "0.0003" }, "shapes3d", state, Began,
        attempt, state == ExperimentState.Running ? "worker-a" : null, reason, Step: state == ExperimentState.Queued ? 0 : 30, TotalSteps: state == ExperimentState.Queued ? 0 : 30,
        auc is { } value ? new Dictionary<string, double> { [MetricNames.TestAuc] = value } : []);

    /// <summary>A problem as the silo writes it.</summary>
    public static void Refuse(HttpContext context, int status, string detail)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/problem+json";
        context.Response.WriteAsync($$"""{"title":"Refused","status":{{status}},"detail":"{{detail}}"}""").GetAwaiter().GetResult();
    }

    public async ValueTask DisposeAsync() => await app.DisposeAsync();

    private SweepStatus Status(ExperimentRow[] rows)
    {
        int Count(ExperimentState state) => rows.Count(row => row.State == state);
        var counts = new StateCounts(0, Count(ExperimentState.Queued), Count(ExperimentState.Running), Count(ExperimentState.Succeeded), Count(ExperimentState.Failed), Count(ExperimentState.Stopped), Count(ExperimentState.Cancelled));
        var state = State ?? new Sweep { Id = new(7) }.Apply(new SweepEvent.Progressed(counts, rows.Length)).State;
        return new(new SweepId(7), "study", "Does it work?", state, counts, rows.Sum(row => row.Step), rows.Sum(row => row.TotalSteps), Began, !state.IsFinal() ? null : Began.AddSeconds(75));
    }

    private async Task Gate(HttpContext context, RequestDelegate next)
    {
        Requests.Enqueue($"{context.Request.Method} {context.Request.Path}{context.Request.QueryString}");
        if (context.Request.Headers.Authorization != $"Bearer {Token}" && context.Request.Path != Routes.HealthReady) context.Response.StatusCode = StatusCodes.Status401Unauthorized;
        else if (!Instead(context, Requests.Count)) await next(context);
    }

    private static int Query(HttpContext context, string name) => int.Parse(context.Request.Query[name]!, System.Globalization.CultureInfo.InvariantCulture);

    private static Task Write<T>(HttpContext context, T value) => context.Response.WriteAsJsonAsync(value, ContractsJson.Options);
}
