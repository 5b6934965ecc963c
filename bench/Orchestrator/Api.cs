using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using ViViT.Contracts;
using ViViT.Contracts.Experiments;
using ViViT.Contracts.Specs;
using ViViT.Contracts.Sweeps;
using ViViT.Contracts.Wire;

namespace ViViT.Bench.Orchestrator;

/// <summary>The HTTP protocol, as thin as it gets: the client shares its cores with what it measures.</summary>
internal sealed class Api : IDisposable
{
    private static readonly MediaTypeHeaderValue Json = new("application/json");

    private readonly HttpClient client;

    public Api(Uri server, string token)
    {
        client = new HttpClient { BaseAddress = server, Timeout = TimeSpan.FromMinutes(10) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    public async Task<SweepStatus> Submit(SweepSpec spec) => JsonSerializer.Deserialize<SweepStatus>(await Post(Routes.Sweeps, Body(spec)), ContractsJson.Options)!;

    public async Task<SweepStatus> Status(SweepId sweep) => JsonSerializer.Deserialize<SweepStatus>(await Get(Routes.Fill(Routes.Sweep, sweep)), ContractsJson.Options)!;

    /// <summary>Empty when nothing is queued. Of the reply only what effects speak of is read.</summary>
    public async Task<IReadOnlyList<Held>> Lease(string worker, LeaseRequest request)
    {
        var reply = await Post(Routes.Fill(Routes.WorkerLease, worker), Body(request));
        if (reply.Length == 0) return [];
        using var lease = JsonDocument.Parse(reply);
        return [.. lease.RootElement.GetProperty("experiments").EnumerateArray().Select(one => new Held(new(one.GetProperty("id").GetInt64()), one.GetProperty("fence").GetInt64()))];
    }

    public Task Heartbeat(string worker, Heartbeat heartbeat) => Post(Routes.Fill(Routes.WorkerHeartbeat, worker), Body(heartbeat));

    public async Task Succeed(Held held) =>
        Accepted(await Post(Routes.Outcomes, Body(new OutcomeReport(held.Experiment, held.Fence, new AttemptOutcome(AttemptResult.Succeeded)))), replies: 1);

    /// <param name="flushes">The JSON of that many flushes.</param>
    public async Task Flush(byte[] flushes, int count) => Accepted(await Post(Routes.MetricFlushes, flushes), count);

    /// <summary>The replies to flushes, as they are.</summary>
    public async Task<IReadOnlyList<ReportReply>> FlushAgain(byte[] flushes) => JsonSerializer.Deserialize<ReportReply[]>(await Post(Routes.MetricFlushes, flushes), ContractsJson.Options)!;

    public async Task<byte[]> Get(string route)
    {
        using var answer = await client.GetAsync(route);
        return await Content(answer, route);
    }

    public static byte[] Body<T>(T value) => JsonSerializer.SerializeToUtf8Bytes(value, ContractsJson.Options);

    public void Dispose() => client.Dispose();

    private async Task<byte[]> Post(string route, byte[] body)
    {
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = Json;
        using var answer = await client.PostAsync(route, content);
        return await Content(answer, route);
    }

    private static async Task<byte[]> Content(HttpResponseMessage answer, string route)
    {
        var content = await answer.Content.ReadAsByteArrayAsync();
        return answer.IsSuccessStatusCode ? content : throw new InvalidOperationException($"{route}: {(int)answer.StatusCode} {System.Text.Encoding.UTF8.GetString(content)}");
    }

    // What is not stored is not to be counted.
    private static void Accepted(ReadOnlySpan<byte> reply, int replies)
    {
        if (reply.Count("\"accepted\""u8) != replies) throw new InvalidOperationException($"Of {replies} reports not all were accepted: {System.Text.Encoding.UTF8.GetString(reply)}");
    }
}
