using ViViT.Contracts.Sweeps;
using ViViT.Contracts.Wire;

namespace ViViT.Bench.Orchestrator;

/// <summary>One sweep of experiments without work, from its submit to its end: lease, one point, outcome, on 16 slots.</summary>
internal static class Overhead
{
    private const int Slots = 16;

    // Published: docs.ray.io, tune scalability (10,000 trials of 1 s on 16 CPUs: 715 s); Kueue's test/performance (15,000 to 50,000 workloads). Their machines, their load.
    private const double RayTune = 14.0;
    private const double Kueue = 42.4;

    public static async Task Run(Stack stack, Sizes sizes)
    {
        Report.Title($"overhead: {sizes.Experiments:N0} experiments without work, {Slots} slots, submit to end (budget 50 ms each)");
        await using var worker = await FakeWorker.Start(stack.Api, Slots);
        await One(stack.Api, worker, 500);
        var submit = 0.0;
        var before = await CpuTime.Read(stack);
        var wall = await Timing.Once(async () => submit = await One(stack.Api, worker, sizes.Experiments));
        var cpu = await CpuTime.Read(stack) - before;
        var (each, rate) = (wall / sizes.Experiments, sizes.Experiments / wall * 1_000);
        Report.Line($"{each:F2} ms each ({each / 50:F3} of the budget), {rate:F0}/s; of {wall / 1_000:F1} s the submit took {submit / 1_000:F1} s");
        Report.Line($"processor ms each: silo {cpu.Silo / sizes.Experiments * 1e3:F2}, Postgres {cpu.Postgres / sizes.Experiments * 1e3:F2}, clients {cpu.Clients / sizes.Experiments * 1e3:F2}");
        Report.Line($"published: Ray Tune {RayTune}/s (ours / theirs {rate / RayTune:F0}), Kueue {Kueue}/s (ours / theirs {rate / Kueue:F0})");
    }

    private static async Task<double> One(Api api, FakeWorker worker, int experiments)
    {
        SweepStatus sweep = null!;
        var submit = await Timing.Once(async () => sweep = await api.Submit(Sweeps.Of(experiments)));
        await worker.Work(Slots, experiments, held => api.Flush(Api.Body<MetricFlush[]>([new(held.Experiment, held.Fence, 0, 1, 1, [new("train/loss", [1], [0.5])])]), count: 1));
        while ((await api.Status(sweep.Id)).State == SweepState.Running) await Task.Delay(5);
        return submit;
    }
}
