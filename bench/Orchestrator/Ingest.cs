using System.Text.Json;
using ViViT.Contracts;
using ViViT.Contracts.Wire;

namespace ViViT.Bench.Orchestrator;

/// <summary>Metric points per second, each stored exactly once, against COPY of the same points into a plain table.</summary>
internal static class Ingest
{
    private const int Attempts = 8;
    private static readonly int[] MetricsOfAFlush = [4, 10];

    public static async Task Run(Stack stack, Sizes sizes)
    {
        Report.Title($"ingest: points per second, {Attempts} attempts side by side, {PointStream.Flushes} flushes a message, chunks of {PointStream.Points} points (budget 300,000/s)");
        await stack.Api.Submit(Sweeps.Of(Attempts * MetricsOfAFlush.Length));
        await using var worker = await FakeWorker.Start(stack.Api, Attempts);
        Console.WriteLine("points a flush | exactly once through HTTP, /s | COPY, /s | ours / COPY | ours / budget | bytes a point, JSON");
        foreach (var metrics in MetricsOfAFlush)
        {
            var streams = new List<PointStream>();
            while (streams.Count < Attempts) streams.Add(new PointStream((await worker.Lease(streams.Count))[0], metrics));
            await Task.WhenAll(streams.Select(stream => Send(stack.Api, stream.Messages(2))));
            var plain = await PlainPoints.Create(stack.Database, $"plain_point_{metrics}");

            var (ours, limit, bytes) = (new List<double>(), new List<double>(), 0L);
            var points = (double)Attempts * sizes.Messages * PointStream.Flushes * metrics * PointStream.Points;
            for (var round = 0; round < sizes.Rounds; round++)
            {
                var messages = streams.Select(stream => stream.Messages(sizes.Messages)).ToList();
                bytes += messages.Sum(own => own.Sum(message => (long)message.Length));
                ours.Add(points / await Timing.Once(() => Task.WhenAll(messages.Select(own => Send(stack.Api, own)))) * 1_000);
                limit.Add(points / await Timing.Once(() => Task.WhenAll(streams.Select(stream => plain.Copy(stream, sizes.Messages)))) * 1_000);
            }

            await Check(stack.Api, streams);
            Report.Line($"{metrics * PointStream.Points,14} | {ours.Median(),29:N0} | {limit.Median(),8:N0} | {ours.Median() / limit.Median(),11:F2} | {ours.Median() / 300_000,13:F2} | {bytes / points / sizes.Rounds,18:F1}");
        }
    }

    private static async Task Send(Api api, IReadOnlyList<byte[]> messages)
    {
        foreach (var message in messages) await api.Flush(message, PointStream.Flushes);
    }

    // The last message again: nothing is stored twice, and what is stored is what was sent.
    private static async Task Check(Api api, List<PointStream> streams)
    {
        foreach (var stream in streams)
        {
            var replies = await api.FlushAgain(stream.Last);
            var detail = JsonSerializer.Deserialize<ExperimentDetail>(await api.Get(Routes.Fill(Routes.Experiment, stream.Held.Experiment)), ContractsJson.Options)!;
            var stored = detail.Metrics.Sum(metric => metric.Count);
            if (stored != stream.Sent || replies.Any(reply => reply.Status != ReportStatus.Duplicate))
            {
                throw new InvalidOperationException($"Experiment {stream.Held.Experiment} holds {stored} points of {stream.Sent}; sent again, the last ones were {replies[0].Status}.");
            }
        }
    }
}
