using System.Text.Json;
using ViViT.Contracts;
using ViViT.Contracts.Sweeps;
using ViViT.Contracts.Wire;

namespace ViViT.Bench.Orchestrator;

/// <summary>What people ask while a sweep runs, against a bare count of its rows.</summary>
internal static class StatusReads
{
    private const string OtherPool = "other";
    private const int Group = 1_000;

    /// <summary>Reads of the newest sweep, whose experiments wait.</summary>
    /// <param name="experiments">In the table.</param>
    public static async Task Run(Stack stack, Sizes sizes, int experiments)
    {
        var newest = JsonSerializer.Deserialize<SweepStatus[]>(await stack.Api.Get($"{Routes.Sweeps}?limit=1"), ContractsJson.Options)!.Single();
        await Reads(stack, sizes, newest, $"{experiments:N0} experiments, the newest sweep has {newest.Counts.Total:N0}");
    }

    /// <summary>Reads of a sweep all of whose experiments run: each has an attempt, whose progress counts.</summary>
    public static async Task RunRunning(Stack stack, Sizes sizes)
    {
        var sweep = await stack.Api.Submit(Sweeps.Of(sizes.Running, OtherPool, Group));
        await using var worker = await FakeWorker.Start(stack.Api, slots: 1, OtherPool);
        for (var running = 0; running < sizes.Running;)
        {
            var lease = await worker.Lease(slot: 0, waitSeconds: 5, maxGroup: Group);
            running += lease.Count > 0 ? lease.Count : throw new InvalidOperationException($"Of {sizes.Running} experiments only {running} can run.");
        }

        await Reads(stack, sizes, sweep, $"a sweep of {sizes.Running:N0}, all running");
    }

    private static async Task Reads(Stack stack, Sizes sizes, SweepStatus sweep, string what)
    {
        await using var connection = await stack.Database.OpenConnectionAsync();
        await using var count = new Npgsql.NpgsqlCommand($"select count(*) from experiment where sweep_id = {sweep.Id}", connection);
        var limit = await Timing.Repeat(sizes.Reads, async () =>
        {
            if ((long)(await count.ExecuteScalarAsync())! != sweep.Counts.Total) throw new InvalidOperationException($"Sweep {sweep.Id} does not hold its {sweep.Counts.Total} experiments.");
        });
        Report.Line($"status: {what}; a bare count of its rows takes {limit.Median():F1} ms");
        var one = Routes.Fill(Routes.Sweep, sweep.Id);
        var rows = Routes.Fill(Routes.SweepExperiments, sweep.Id);
        await Print("the sweep", one);
        await Print("the latest 50 sweeps", Routes.Sweeps);
        await Print("experiments, first 1,000", rows);
        await Print("experiments, 1,000 from the middle", $"{rows}?after={sweep.Counts.Total / 2}");
        await Print("experiments, failed", $"{rows}?state=failed");

        async Task Print(string name, string route)
        {
            await stack.Api.Get(route);
            var times = await Timing.Repeat(sizes.Reads, () => stack.Api.Get(route));
            Report.Line($"  {name,-36} median {times.Median(),7:F1} ms, p95 {times.Quantile(0.95),7:F1}; {times.Median() / limit.Median(),6:F2} of the bare count, {times.Median() / 100,5:F2} of the budget of 100 ms");
        }
    }
}
