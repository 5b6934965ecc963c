using System.Diagnostics;
using Npgsql;
using ViViT.Contracts.Wire;

namespace ViViT.Bench.Orchestrator;

/// <summary>From the submit of a sweep of one experiment to the lease in the hands of a worker that already waits.</summary>
internal static class Latency
{
    private const int Slots = 4;
    private const int WarmUp = 10;

    // The scheduler tells of new work at most once per 100 ms; further apart, every submit is told at once.
    private static readonly TimeSpan Apart = TimeSpan.FromMilliseconds(130);

    public static async Task Run(Stack stack, Sizes sizes)
    {
        Report.Title("latency: submit to first lease, worker waiting, ms");
        await using var worker = await FakeWorker.Start(stack.Api, Slots);
        using var waiting = new WaitingSlots(worker, stack.Api, Slots);
        await Submits(stack.Api, waiting, WarmUp, Apart);
        var apart = await Submits(stack.Api, waiting, sizes.Submits, Apart);
        var close = await Submits(stack.Api, waiting, sizes.Submits, TimeSpan.Zero);
        var http = await Timing.Repeat(500, () => stack.Api.Get(Routes.HealthLive));
        var notify = await Notifications(stack.Database);

        var limit = http.Median() + notify.Median();
        Report.Line($"limit: a bare HTTP round trip {http.Median():F2}, a NOTIFY to another connection {notify.Median():F2}, together {limit:F2}");
        Console.WriteLine("submits                   | median |    p95 | ours / limit");
        Report.Line($"130 ms apart              | {apart.Median(),6:F1} | {apart.Quantile(0.95),6:F1} | {apart.Median() / limit,12:F1}");
        Report.Line($"each after the last lease | {close.Median(),6:F1} | {close.Quantile(0.95),6:F1} | {close.Median() / limit,12:F1}");
    }

    private static async Task<List<double>> Submits(Api api, WaitingSlots waiting, int count, TimeSpan pause)
    {
        var times = new List<double>();
        while (times.Count < count)
        {
            var leased = waiting.Next();
            var start = Stopwatch.GetTimestamp();
            await api.Submit(Sweeps.Of(1));
            times.Add(Stopwatch.GetElapsedTime(start, await leased).TotalMilliseconds);
            await Task.Delay(pause);
        }

        return times;
    }

    private static async Task<IReadOnlyList<double>> Notifications(NpgsqlDataSource database)
    {
        await using var teller = await database.OpenConnectionAsync();
        await using var listener = await database.OpenConnectionAsync();
        await using (var listen = new NpgsqlCommand("listen bench", listener)) await listen.ExecuteNonQueryAsync();
        await using var notify = new NpgsqlCommand("select pg_notify('bench', 'x')", teller);
        await notify.PrepareAsync();
        return await Timing.Repeat(500, async () =>
        {
            var heard = listener.WaitAsync();
            await notify.ExecuteNonQueryAsync();
            await heard;
        });
    }

    /// <summary>Slots that wait for a lease, end what they get, and wait again.</summary>
    private sealed class WaitingSlots : IDisposable
    {
        private readonly CancellationTokenSource stop = new();
        private TaskCompletionSource<long> next = new();

        public WaitingSlots(FakeWorker worker, Api api, int slots)
        {
            for (var slot = 0; slot < slots; slot++) _ = Wait(worker, api, slot);
        }

        /// <summary>When the next lease arrives, by the stopwatch.</summary>
        public Task<long> Next() => (next = new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

        public void Dispose() => stop.Cancel();

        private async Task Wait(FakeWorker worker, Api api, int slot)
        {
            try
            {
                while (!stop.IsCancellationRequested)
                {
                    if (await worker.Lease(slot, waitSeconds: 20) is not [var one]) continue;
                    var arrived = Stopwatch.GetTimestamp();
                    await api.Succeed(one);
                    next.TrySetResult(arrived);
                }
            }
            catch (Exception fault) when (!stop.IsCancellationRequested)
            {
                next.TrySetException(fault);
            }
        }
    }
}
