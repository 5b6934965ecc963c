using System.Net;
using System.Net.Http.Headers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ViViT.Contracts.Wire;

namespace ViViT.Chaos;

/// <summary>How a link treats the requests of its worker.</summary>
internal enum LinkState
{
    Open,

    /// <summary>Connections end at once, those under way too.</summary>
    Cut,

    /// <summary>Nothing arrives and nobody is told.</summary>
    Hung,

    /// <summary>Requests arrive, answers are lost.</summary>
    Deaf,

    /// <summary>Every request takes its time, so that they overtake each other.</summary>
    Slow,
}

/// <summary>
/// What lies between one agent and the silo: an HTTP proxy that can be cut, hang, lose answers and delay; and, while <see cref="Noisy"/>,
/// repeats reports verbatim later, delivers some late and out of order, and loses some answers.
/// </summary>
internal sealed class WorkerLink : IAsyncDisposable
{
    private const double Repeated = 0.25;
    private const double Late = 0.1;
    private const double AnswerLost = 0.08;
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(1.5);
    private static readonly TimeSpan LongestLateness = TimeSpan.FromSeconds(6);
    private static readonly string[] Reports = [Routes.MetricFlushes, Routes.Checkpoints, Routes.Outcomes];

    private readonly WebApplication application;
    private readonly HttpClient silo;
    private readonly Lock gate = new();
    private readonly HashSet<Task> waiting = [];
    private readonly Random random;
    private Moment now = new(LinkState.Open, new CancellationTokenSource());
    private CancellationTokenSource hurry = new();
    private int repeats, lates, lostAnswers;

    private WorkerLink(WebApplication application, Uri silo, int seed)
    {
        this.application = application;
        this.silo = new(new SocketsHttpHandler { UseProxy = false, UseCookies = false }) { BaseAddress = silo, Timeout = Timeout.InfiniteTimeSpan };
        random = new(seed);
        application.Run(Pass);
    }

    /// <summary>What the agent is told the server is.</summary>
    public Uri Address => new(application.Urls.Single());

    /// <summary>Whether reports are repeated, late and unanswered now and then.</summary>
    public bool Noisy { get; set; }

    /// <summary>Reports so far that were sent twice, that arrived late, whose answer was lost.</summary>
    public (int Repeated, int Late, int AnswersLost) Disturbed => (repeats, lates, lostAnswers);

    /// <param name="seed">Of the noise.</param>
    public static async Task<WorkerLink> Open(Uri silo, int seed)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(1));
        var link = new WorkerLink(builder.Build(), silo, seed);
        await link.application.StartAsync();
        return link;
    }

    /// <summary>Is in a state for a while, then open.</summary>
    public async Task Be(LinkState state, TimeSpan time)
    {
        var moment = Become(state);
        await Task.Delay(time);
        lock (gate)
        {
            if (now != moment) return;
        }

        Become(LinkState.Open);
    }

    /// <summary>Is in a state until told otherwise.</summary>
    public void Be(LinkState state) => Become(state);

    /// <summary>Delivers at once what was to come later, and waits for it.</summary>
    public async Task Settle()
    {
        await hurry.CancelAsync();
        Task[] late;
        lock (gate)
        {
            late = [.. waiting];
            hurry = new();
        }

        await Task.WhenAll(late);
    }

    public async ValueTask DisposeAsync()
    {
        Become(LinkState.Cut);
        await Settle();
        await application.DisposeAsync();
        silo.Dispose();
    }

    private Moment Become(LinkState state)
    {
        Moment before, next = new(state, new CancellationTokenSource());
        lock (gate)
        {
            (before, now) = (now, next);
        }

        // Whatever waits for the earlier state's end goes on; what is under way when the link is cut ends.
        before.Over.Cancel();
        return next;
    }

    private async Task Pass(HttpContext http)
    {
        Moment moment;
        lock (gate)
        {
            moment = now;
        }

        var request = await Request.Read(http.Request);
        try
        {
            switch (moment.State)
            {
                case LinkState.Cut:
                    http.Abort();
                    return;
                case LinkState.Hung:
                    await Pause(Timeout.InfiniteTimeSpan, moment.Over.Token, http.RequestAborted);
                    http.Abort();
                    return;
                case LinkState.Slow:
                    await Pause(LongestDelay * Draw(), moment.Over.Token, http.RequestAborted);
                    break;
            }

            var answerLost = moment.State == LinkState.Deaf;
            if (Noisy && Reports.Contains(http.Request.Path.Value))
            {
                if (Draw() < Late)
                {
                    Later(request, ref lates);
                    http.Abort();
                    return;
                }

                if (Draw() < Repeated) Later(request, ref repeats);
                if (Draw() < AnswerLost)
                {
                    answerLost = true;
                    Interlocked.Increment(ref lostAnswers);
                }
            }

            // An open link may be cut while the silo thinks.
            using var gone = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, moment.State == LinkState.Open ? moment.Over.Token : CancellationToken.None);
            using var answer = await silo.SendAsync(request.Message(), gone.Token);
            var body = await answer.Content.ReadAsByteArrayAsync(gone.Token);
            if (answerLost)
            {
                http.Abort();
                return;
            }

            http.Response.StatusCode = (int)answer.StatusCode;
            if (answer.StatusCode == HttpStatusCode.NoContent) return;
            http.Response.ContentType = answer.Content.Headers.ContentType?.ToString();
            http.Response.ContentLength = body.Length;
            await http.Response.Body.WriteAsync(body, gone.Token);
        }
        catch (Exception broken) when (broken is HttpRequestException or IOException or OperationCanceledException)
        {
            http.Abort();
        }
    }

    private void Later(Request request, ref int counter)
    {
        Interlocked.Increment(ref counter);
        lock (gate)
        {
            var delivery = Deliver(request, LongestLateness * random.NextDouble(), hurry.Token);
            waiting.Add(delivery);
            _ = delivery.ContinueWith(done => { lock (gate) waiting.Remove(done); }, TaskScheduler.Default);
        }
    }

    private async Task Deliver(Request request, TimeSpan after, CancellationToken now)
    {
        await Pause(after, now, CancellationToken.None);
        try
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));
            using var answer = await silo.SendAsync(request.Message(), patience.Token);
        }
        catch (Exception away) when (away is HttpRequestException or IOException or OperationCanceledException)
        {
            // Lost for good: nobody waits for it.
        }
    }

    private double Draw()
    {
        lock (gate)
        {
            return random.NextDouble();
        }
    }

    private static async Task Pause(TimeSpan time, CancellationToken over, CancellationToken aborted)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(over, aborted);
        await Task.Delay(time, either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private sealed record Moment(LinkState State, CancellationTokenSource Over);

    private sealed record Request(HttpMethod Method, string Target, string? Authorization, string? ContentType, byte[] Body)
    {
        public static async Task<Request> Read(HttpRequest request)
        {
            using var body = new MemoryStream();
            await request.Body.CopyToAsync(body);
            return new(new HttpMethod(request.Method), request.GetEncodedPathAndQuery(), request.Headers.Authorization, request.ContentType, body.ToArray());
        }

        public HttpRequestMessage Message()
        {
            var message = new HttpRequestMessage(Method, Target);
            if (Authorization is not null) message.Headers.TryAddWithoutValidation("Authorization", Authorization);
            if (Body.Length == 0) return message;
            message.Content = new ByteArrayContent(Body);
            if (ContentType is not null) message.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(ContentType);
            return message;
        }
    }
}
