using System.Diagnostics;
using ViViT.Contracts.Wire;

namespace ViViT.Bench.Orchestrator;

/// <summary>A worker whose slots lease and report, and train nothing. It says that it lives as often as a real one; its leases need no renewal.</summary>
internal sealed class FakeWorker : IAsyncDisposable
{
    private const string Name = "bench-0000";
    private const string DeviceKind = "cpu/bench/1";
    private const int MaxGroup = 1_000;
    private static readonly TimeSpan HeartbeatEvery = TimeSpan.FromSeconds(5);

    private readonly Api api;
    private readonly string pool;
    private readonly int slots;
    private readonly CancellationTokenSource stop = new();
    private Task beating = Task.CompletedTask;

    private FakeWorker(Api api, string pool, int slots) => (this.api, this.pool, this.slots) = (api, pool, slots);

    private string Worker => $"{Name}-{pool}";

    public static async Task<FakeWorker> Start(Api api, int slots, string pool = Sweeps.Pool)
    {
        var worker = new FakeWorker(api, pool, slots);
        await worker.Beat();
        worker.beating = worker.KeepBeating();
        return worker;
    }

    /// <summary>Empty when nothing came within the wait.</summary>
    public Task<IReadOnlyList<Held>> Lease(int slot, double waitSeconds = 0, int maxGroup = 1) =>
        api.Lease(Worker, new LeaseRequest(pool, $"{slot}", "cpu", DeviceKind, maxGroup, waitSeconds));

    /// <summary>Leases and ends that many experiments, on some of its slots side by side.</summary>
    /// <param name="train">What happens between lease and outcome.</param>
    /// <returns>Seconds.</returns>
    public async Task<double> Work(int onSlots, int experiments, Func<Held, Task>? train = null)
    {
        var left = experiments;
        var start = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, onSlots).Select(Slot));
        return Stopwatch.GetElapsedTime(start).TotalSeconds;

        async Task Slot(int slot)
        {
            while (Interlocked.Decrement(ref left) >= 0)
            {
                if (await Lease(slot, waitSeconds: 5) is not [var one]) throw new InvalidOperationException("The queue ran dry.");
                if (train is not null) await train(one);
                await api.Succeed(one);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await beating.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stop.Dispose();
    }

    private async Task KeepBeating()
    {
        while (true)
        {
            await Task.Delay(HeartbeatEvery, stop.Token);
            await Beat();
        }
    }

    private Task Beat() => api.Heartbeat(Worker, new Heartbeat(pool, "bench", [.. Enumerable.Range(0, slots).Select(slot => new SlotInfo($"{slot}", DeviceKind, MaxGroup, MemoryGib: null))], "cpu", "bench", []));
}
