using System.Net;
using System.Net.Http.Json;
using System.Security.Authentication;
using System.Text.Json;
using ViViT.Cli.LocalCluster;
using ViViT.Contracts;
using ViViT.Contracts.Configuration;
using ViViT.Contracts.Specs;
using ViViT.Contracts.Wire;

namespace ViViT.Cli;

/// <summary>Speaks to the control plane.</summary>
internal sealed class ControlPlaneClient : IDisposable
{
    private const int LongestToken = 4096;
    private const int MostTries = 4;
    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    private readonly HttpClient http;

    public ControlPlaneClient(Connection connection)
    {
        // What is said on this machine is no proxy's business, the token least of all.
        var handler = new SocketsHttpHandler { UseProxy = !connection.Server.IsLoopback, UseCookies = false, SslOptions = ServerTrust.Of(connection.Authority) };
        http = new HttpClient(handler) { BaseAddress = connection.Server, Timeout = TimeSpan.FromSeconds(30) };
        http.DefaultRequestHeaders.Authorization = new("Bearer", connection.Token);
    }

    /// <summary>To the server that the environment names, else to the local stack's.</summary>
    /// <exception cref="CommandException">There is none, or its token cannot be read.</exception>
    public static ControlPlaneClient Connect() => new(Find()
        ?? throw new CommandException("No server: start one with `vivit up`, or set VIVIT_SERVER and VIVIT_TOKEN_FILE."));

    /// <summary>Null when there is none.</summary>
    /// <exception cref="CommandException">Its token cannot be read.</exception>
    public static Connection? Find() => FromEnvironment() ?? LocalStackConnection();

    /// <summary>Null when VIVIT_SERVER is not set.</summary>
    public static Connection? FromEnvironment()
    {
        if (!CliSettings.Values.TryGet(Settings.Server, out var server)) return null;
        if (!CliSettings.Values.TryGet(Settings.TokenFile, out var file) || !File.Exists(file))
        {
            throw new CommandException($"{Settings.Server.Variable} is set, so {Settings.TokenFile.Variable} must name the file with its token ('{file}' is none).", ExitCodes.Usage);
        }

        return new(server!, Token(file), CliSettings.Values.TryGet(Settings.CertificateAuthority, out var authority) ? authority : null);
    }

    private static Connection? LocalStackConnection()
    {
        try
        {
            return LocalStack.Default().Connection;
        }
        catch (UnauthorizedAccessException refused)
        {
            throw new CommandException($"The local stack is another user's: {refused.Message} Set VIVIT_STATE to a folder of your own, or ask for its VIVIT_SERVER and VIVIT_TOKEN_FILE.");
        }
    }

    private static string Token(string file)
    {
        try
        {
            using var reader = new StreamReader(file);
            var text = new char[LongestToken + 1];
            var token = new string(text, 0, reader.ReadBlock(text)).Trim();
            return token.Length is > 0 and <= LongestToken && token.All(one => char.IsAscii(one) && !char.IsControl(one))
                ? token
                : throw new CommandException($"VIVIT_TOKEN_FILE ('{file}') holds no token, which is one line of letters, digits and punctuation. Name the file that the silo wrote.", ExitCodes.Usage);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"VIVIT_TOKEN_FILE ('{file}') cannot be read: {unreadable.Message}", ExitCodes.Usage);
        }
    }

    /// <summary>Submits a sweep. A connection that breaks is tried again, which the key makes harmless.</summary>
    public async Task<SweepStatus> Launch(SweepSpec sweep, string key, CancellationToken cancellation)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                return await Send<SweepStatus>(HttpMethod.Post, Routes.Sweeps, sweep, cancellation, key);
            }
            catch (ServerAwayException) when (tries < MostTries)
            {
                await Task.Delay(RetryPause * tries, cancellation);
            }
        }
    }

    public Task<SweepStatus> Sweep(long id, CancellationToken cancellation) => Send<SweepStatus>(HttpMethod.Get, Routes.Fill(Routes.Sweep, id), null, cancellation);

    public Task<SweepStatus[]> Sweeps(int limit, CancellationToken cancellation) => Send<SweepStatus[]>(HttpMethod.Get, $"{Routes.Sweeps}?limit={limit}", null, cancellation);

    public Task<SweepStatus> Cancel(long id, CancellationToken cancellation) => Send<SweepStatus>(HttpMethod.Post, Routes.Fill(Routes.SweepCancel, id), null, cancellation);

    public Task<SweepStatus> Pause(long id, CancellationToken cancellation) => Send<SweepStatus>(HttpMethod.Post, Routes.Fill(Routes.SweepPause, id), null, cancellation);

    public Task<SweepStatus> Resume(long id, CancellationToken cancellation) => Send<SweepStatus>(HttpMethod.Post, Routes.Fill(Routes.SweepResume, id), null, cancellation);

    public Task<SweepStatus> SetPriority(long id, int priority, CancellationToken cancellation) =>
        Send<SweepStatus>(HttpMethod.Post, Routes.Fill(Routes.SweepPriority, id), new PriorityChange(priority), cancellation);

    public Task<RetriedExperiments> RetryFailed(long sweep, CancellationToken cancellation) => Send<RetriedExperiments>(HttpMethod.Post, Routes.Fill(Routes.SweepRetryFailed, sweep), null, cancellation);

    public Task<ExperimentDetail> RetryExperiment(long id, CancellationToken cancellation) => Send<ExperimentDetail>(HttpMethod.Post, Routes.Fill(Routes.ExperimentRetry, id), null, cancellation);

    public Task<ExperimentDetail> CancelExperiment(long id, CancellationToken cancellation) => Send<ExperimentDetail>(HttpMethod.Post, Routes.Fill(Routes.ExperimentCancel, id), null, cancellation);

    /// <summary>The next lines of the experiment's log; none when there are no more for now.</summary>
    public Task<LogRow[]> Logs(long experiment, long after, CancellationToken cancellation) =>
        Send<LogRow[]>(HttpMethod.Get, $"{Routes.Fill(Routes.ExperimentLogs, experiment)}?after={after}", null, cancellation);

    /// <param name="after">Only events after this one; null: the latest.</param>
    /// <param name="waitSeconds">How long the server may wait for the first one.</param>
    public Task<EventRow[]> Events(long? after, long? sweep, long? experiment, int limit, double waitSeconds, CancellationToken cancellation)
    {
        (string Name, object? Value)[] filters = [("after", after), ("sweep", sweep), ("experiment", experiment), ("limit", limit), ("wait_seconds", waitSeconds)];
        var query = string.Join('&', filters.Where(filter => filter.Value is not null).Select(filter => FormattableString.Invariant($"{filter.Name}={filter.Value}")));
        return Send<EventRow[]>(HttpMethod.Get, $"{Routes.Events}?{query}", null, cancellation);
    }

    public Task Cordon(string worker, string reason, CancellationToken cancellation) => Say(Routes.Fill(Routes.WorkerCordon, worker), new CordonRequest(reason), cancellation);

    public Task Uncordon(string worker, CancellationToken cancellation) => Say(Routes.Fill(Routes.WorkerUncordon, worker), null, cancellation);

    public Task Drain(string worker, CancellationToken cancellation) => Say(Routes.Fill(Routes.WorkerDrain, worker), null, cancellation);

    /// <summary>The token is in the answer and nowhere else.</summary>
    public Task<CreatedToken> CreateToken(TokenRequest wanted, CancellationToken cancellation) => Send<CreatedToken>(HttpMethod.Post, Routes.Tokens, wanted, cancellation);

    public Task<TokenRow[]> Tokens(CancellationToken cancellation) => Send<TokenRow[]>(HttpMethod.Get, Routes.Tokens, null, cancellation);

    public Task RevokeToken(long id, CancellationToken cancellation) => Say(Routes.Fill(Routes.TokenRevoke, id), null, cancellation);

    public Task<ExperimentRow[]> Experiments(long sweep, int after, int limit, CancellationToken cancellation) =>
        Send<ExperimentRow[]>(HttpMethod.Get, $"{Routes.Fill(Routes.SweepExperiments, sweep)}?after={after}&limit={limit}", null, cancellation);

    public Task<ExperimentDetail> Experiment(long id, CancellationToken cancellation) => Send<ExperimentDetail>(HttpMethod.Get, Routes.Fill(Routes.Experiment, id), null, cancellation);

    public Task<Curve[]> Curves(long experiment, CancellationToken cancellation) => Send<Curve[]>(HttpMethod.Get, Routes.Fill(Routes.ExperimentCurves, experiment), null, cancellation);

    public Task<WorkerRow[]> Workers(CancellationToken cancellation) => Send<WorkerRow[]>(HttpMethod.Get, Routes.Workers, null, cancellation);

    public void Dispose() => http.Dispose();

    private Task<T> Send<T>(HttpMethod method, string route, object? body, CancellationToken cancellation, string? key = null) => Ask(method, route, body, key, async response =>
        await response.Content.ReadFromJsonAsync<T>(ContractsJson.Options, cancellation) ?? throw new CommandException($"{http.BaseAddress} answered nothing to {route}."), cancellation);

    // A request whose answer is nothing but that it was obeyed.
    private async Task Say(string route, object? body, CancellationToken cancellation) => await Ask(HttpMethod.Post, route, body, key: null, _ => Task.FromResult(true), cancellation);

    // What is refused for coming too often has changed nothing and may come again, when the server says.
    private async Task<T> Ask<T>(HttpMethod method, string route, object? body, string? key, Func<HttpResponseMessage, Task<T>> read, CancellationToken cancellation)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                return await AskOnce(method, route, body, key, read, cancellation);
            }
            catch (TooManyRequestsException early) when (tries < MostTries)
            {
                await Task.Delay(early.RetryAfter < LongestPause ? early.RetryAfter : LongestPause, cancellation);
            }
        }
    }

    private async Task<T> AskOnce<T>(HttpMethod method, string route, object? body, string? key, Func<HttpResponseMessage, Task<T>> read, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(method, route) { Content = body is null ? null : JsonContent.Create(body, options: ContractsJson.Options) };
        if (key is not null) request.Headers.TryAddWithoutValidation(Routes.IdempotencyKey, key);
        try
        {
            using var response = await http.SendAsync(request, cancellation);
            if (!response.IsSuccessStatusCode) throw await Refused(response, cancellation);
            return await read(response);
        }
        catch (JsonException)
        {
            throw new CommandException($"{http.BaseAddress} did not answer {route} as a ViViT silo of this version does. See whether VIVIT_SERVER names one.");
        }
        catch (HttpRequestException unreachable)
        {
            if (unreachable.InnerException is AuthenticationException untrusted)
            {
                throw new CommandException($"{http.BaseAddress} is not trusted: {untrusted.Message} If its certificate is right, {Settings.CertificateAuthority.Variable} has to name the authority that signed it, and {Settings.Server.Variable} the name that it is for.");
            }

            throw new ServerAwayException($"{http.BaseAddress} cannot be reached: {unreachable.Message} See whether it runs (`vivit up`), or mend VIVIT_SERVER.");
        }
        catch (TaskCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new ServerAwayException($"{http.BaseAddress} did not answer within {http.Timeout.TotalSeconds:0} s.");
        }
    }

    private async Task<Exception> Refused(HttpResponseMessage response, CancellationToken cancellation)
    {
        var text = await response.Content.ReadAsStringAsync(cancellation);
        var detail = Detail(text) ?? $"{(int)response.StatusCode} {response.ReasonPhrase}";
        return response.StatusCode switch
        {
            HttpStatusCode.Unauthorized => new CommandException($"{http.BaseAddress} does not accept the token. {Detail(text) ?? "See whether VIVIT_TOKEN_FILE names its token."}", ExitCodes.Unauthorised),
            HttpStatusCode.Forbidden => new CommandException(detail, ExitCodes.Unauthorised),
            HttpStatusCode.TooManyRequests => new TooManyRequestsException(detail, response.Headers.RetryAfter?.Delta ?? RetryPause),
            HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout => new ServerAwayException(detail),
            HttpStatusCode.BadRequest => new CommandException(detail, ExitCodes.Usage),
            _ => new CommandException(detail),
        };
    }

    private static string? Detail(string text)
    {
        try
        {
            using var problem = JsonDocument.Parse(text);
            return problem.RootElement is { ValueKind: JsonValueKind.Object } said && said.TryGetProperty("detail", out var detail) && detail.ValueKind == JsonValueKind.String ? detail.GetString() : null;
        }
        catch (JsonException)
        {
            return null; // not ours: something between us and the server answered
        }
    }
}

/// <summary>The server is away for now; a watch goes on, any other command ends with the message.</summary>
internal class ServerAwayException(string message) : Exception(message);

/// <summary>The server has heard too much from this token or address for now.</summary>
internal sealed class TooManyRequestsException(string message, TimeSpan retryAfter) : ServerAwayException(message)
{
    public TimeSpan RetryAfter { get; } = retryAfter;
}
