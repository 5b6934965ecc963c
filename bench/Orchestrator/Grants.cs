namespace ViViT.Bench.Orchestrator;

/// <summary>Grants per second, each followed at once by its outcome, against the same two statements on a plain table.</summary>
internal static class Grants
{
    private const int WarmUp = 1_000;
    private static readonly int[] Slots = [1, 8, 32];

    public static async Task Run(Stack stack, Sizes sizes)
    {
        Report.Title("grants: granted and ended, per second (budget 1,000/s)");
        var needed = WarmUp + (Slots.Length * sizes.Rounds * sizes.Grants);
        var queued = (needed + 999) / 1_000 * 1_000;
        await stack.Api.Submit(Sweeps.Of(queued));
        var plain = new PlainQueue(stack.Database);
        await plain.Fill(queued);
        await using var worker = await FakeWorker.Start(stack.Api, Slots.Max());
        await worker.Work(8, WarmUp);
        await plain.Work(8, WarmUp / 2);

        Console.WriteLine("slots or connections | through HTTP, /s | plain SQL, /s | ours / plain | ours / budget | processor ms each: silo | Postgres | clients");
        foreach (var slots in Slots)
        {
            var (ours, limit, cpu) = (new List<double>(), new List<double>(), new CpuTime(0, 0, 0));
            for (var round = 0; round < sizes.Rounds; round++)
            {
                var before = await CpuTime.Read(stack);
                ours.Add(sizes.Grants / await worker.Work(slots, sizes.Grants));
                cpu += await CpuTime.Read(stack) - before;
                limit.Add(sizes.Grants / await plain.Work(slots, sizes.Grants));
            }

            var each = sizes.Rounds * sizes.Grants / 1e3;
            Report.Line($"{slots,20} | {ours.Median(),16:F0} | {limit.Median(),13:F0} | {ours.Median() / limit.Median(),12:F2} | {ours.Median() / 1_000,13:F2} | {cpu.Silo / each,23:F2} | {cpu.Postgres / each,8:F2} | {cpu.Clients / each,7:F2}");
        }
    }
}
