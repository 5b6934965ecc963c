using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using ViViT.Contracts;
using ViViT.Contracts.Configuration;
using ViViT.Contracts.Wire;

namespace ViViT.Worker.Agent;

/// <summary>The worker's side of the HTTP protocol: one request a call, one try.</summary>
/// <remarks>
/// Every call ends in the server's answer, in <see cref="ServerUnreachableException"/> (another try may well succeed) or in
/// <see cref="RequestRefusedException"/> (another try would end alike).
/// </remarks>
internal sealed class ControlPlaneClient(HttpClient http, string worker, BearerToken token)
{
    /// <summary>How long an answer may take, beyond the time for which the server was asked to wait.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly string leaseRoute = Routes.Fill(Routes.WorkerLease, worker);
    private readonly string heartbeatRoute = Routes.Fill(Routes.WorkerHeartbeat, worker);

    /// <summary>A client for a server; deadlines are set per call.</summary>
    /// <param name="authority">PEM file of the authority that signed its certificate; the system's when null.</param>
    /// <exception cref="SettingException">The file cannot be used.</exception>
    public static HttpClient Connect(Uri server, string? authority = null) =>
        new(new SocketsHttpHandler
        {
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            ConnectTimeout = TimeSpan.FromSeconds(5),
            UseCookies = false,
            UseProxy = !server.IsLoopback,   // no proxy leads back to this machine
            SslOptions = ServerTrust.Of(authority),
        })
        {
            BaseAddress = server,
            Timeout = Timeout.InfiniteTimeSpan,
        };

    /// <summary>Waits at the server for work; null when there is none.</summary>
    public Task<Lease?> Lease(LeaseRequest request, CancellationToken cancellation) =>
        Post<LeaseRequest, Lease?>(leaseRoute, request, TimeSpan.FromSeconds(request.WaitSeconds) + Patience, cancellation);

    public async Task<HeartbeatReply> Heartbeat(Heartbeat heartbeat, TimeSpan patience, CancellationToken cancellation) =>
        Said(await Post<Heartbeat, HeartbeatReply?>(heartbeatRoute, heartbeat, patience, cancellation));

    /// <returns>One reply a flush, in the same order.</returns>
    public async Task<IReadOnlyList<ReportReply>> Flush(IReadOnlyList<MetricFlush> flushes, CancellationToken cancellation)
    {
        var replies = Said(await Post<IReadOnlyList<MetricFlush>, IReadOnlyList<ReportReply>?>(Routes.MetricFlushes, flushes, Patience, cancellation));
        return replies.Count == flushes.Count
            ? replies
            : throw new RequestRefusedException($"POST {Routes.MetricFlushes}: {replies.Count} replies to {flushes.Count} flushes. Do worker and silo have the same version?");
    }

    public async Task<ReportReply> Commit(CheckpointCommit commit, CancellationToken cancellation) =>
        Said(await Post<CheckpointCommit, ReportReply?>(Routes.Checkpoints, commit, Patience, cancellation));

    public async Task<ReportReply> Report(OutcomeReport outcome, CancellationToken cancellation) =>
        Said(await Post<OutcomeReport, ReportReply?>(Routes.Outcomes, outcome, Patience, cancellation));

    /// <summary>Hands in lines of attempts' logs.</summary>
    /// <returns>True.</returns>
    public async Task<bool> Log(IReadOnlyList<LogBatch> batches, CancellationToken cancellation)
    {
        await Post<IReadOnlyList<LogBatch>, object?>(Routes.Logs, batches, Patience, cancellation);
        return true;
    }

    /// <summary>Tells how fast groups of a shape are here.</summary>
    /// <returns>True.</returns>
    public async Task<bool> Tell(MeasuredShape measured, CancellationToken cancellation)
    {
        await Post<MeasuredShape, object?>(Routes.GroupSizes, measured, Patience, cancellation);
        return true;
    }

    private async Task<TReply?> Post<TRequest, TReply>(string route, TRequest request, TimeSpan patience, CancellationToken cancellation)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        deadline.CancelAfter(patience);
        try
        {
            using var message = new HttpRequestMessage(HttpMethod.Post, route) { Content = JsonContent.Create(request, options: ContractsJson.Options) };
            message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token.Value);
            using var response = await http.SendAsync(message, deadline.Token);
            if (!response.IsSuccessStatusCode) throw await Refusal(route, response, deadline.Token);
            return response.StatusCode == HttpStatusCode.NoContent ? default : await response.Content.ReadFromJsonAsync<TReply>(ContractsJson.Options, deadline.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new ServerUnreachableException($"POST {route}: no answer within {patience.TotalSeconds:0} s");
        }
        catch (Exception broken) when (broken is HttpRequestException or IOException)
        {
            throw new ServerUnreachableException($"POST {route}: {Why(broken)}", broken);
        }
        catch (JsonException garbled)
        {
            throw new RequestRefusedException($"POST {route}: the answer is not of the protocol: {garbled.Message} Do worker and silo have the same version?", garbled);
        }
    }

    // Of TLS the outer exception says only that there is an inner one.
    private static string Why(Exception broken) =>
        broken is HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError, InnerException: { } inner }
            ? $"{inner.Message} If the server speaks TLS there, {Settings.CertificateAuthority.Variable} has to name the authority that signed its certificate, and {Settings.Server.Variable} the name that it is for."
            : broken.Message;

    private async Task<Exception> Refusal(string route, HttpResponseMessage response, CancellationToken cancellation)
    {
        var said = $"POST {route}: {(int)response.StatusCode} {Problem(await response.Content.ReadAsStringAsync(cancellation))}".TrimEnd();
        switch (response.StatusCode)
        {
            case HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden:
                token.TryRead();
                return new ServerUnreachableException($"{said} (the token of {token.File} is not the server's)");
            case HttpStatusCode.TooManyRequests:
                return new ServerUnreachableException(said) { RetryAfter = response.Headers.RetryAfter?.Delta };
            case HttpStatusCode.RequestTimeout or >= HttpStatusCode.InternalServerError:
                return new ServerUnreachableException(said);
            default:
                return new RequestRefusedException(said);
        }
    }

    // The text of an RFC 9457 problem; a proxy's page comes as it is, shortened.
    private static string Problem(string body)
    {
        try
        {
            using var problem = JsonDocument.Parse(body);
            if (problem.RootElement.ValueKind == JsonValueKind.Object)
            {
                var texts = from name in (string[])["title", "detail"]
                            where problem.RootElement.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
                            select problem.RootElement.GetProperty(name).GetString();
                return string.Join(": ", texts);
            }
        }
        catch (JsonException)
        {
            // Not JSON, then: the text below is all there is.
        }

        return body.Length > 500 ? body[..500] : body;
    }

    private static T Said<T>(T? reply)
        where T : class => reply ?? throw new ServerUnreachableException("The server answered without a body");
}

/// <summary>The server gave no answer, or said that it cannot serve now.</summary>
internal sealed class ServerUnreachableException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>How long it wants to be left alone; null when it did not say.</summary>
    public TimeSpan? RetryAfter { get; init; }
}

/// <summary>The server refuses the request for good, or answers what cannot be understood: worker and silo disagree about the protocol.</summary>
internal sealed class RequestRefusedException(string message, Exception? inner = null) : Exception(message, inner);
