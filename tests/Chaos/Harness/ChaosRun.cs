using System.Data;
using System.Globalization;

namespace ViViT.Chaos;

/// <summary>A disturbed run and what the checker says of it.</summary>
internal sealed record Verdict(
    int Seed, string Workload, IReadOnlyList<Fault> Faults, (int Repeated, int Late, int AnswersLost) Reports, int Experiments, int Attempts, double Seconds,
    IReadOnlyList<string> Complaints, string? Kept)
{
    /// <summary>The run in one line, and one for each complaint.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"""
        seed {Seed} ({Workload}): {Faults.Count} faults, {Reports.Repeated} reports repeated, {Reports.Late} late, {Reports.AnswersLost} unanswered; {Attempts} attempts at {Experiments} experiments, {Seconds:0} s: {(Complaints.Count == 0 ? "all as undisturbed" : $"{Complaints.Count} COMPLAINTS")}
        """) + string.Concat(Complaints.Take(30).Select(complaint => $"\n  {complaint}")) + (Complaints.Count == 0 ? "" : $"\n  faults: {string.Join("; ", Faults)}\n  logs: {Kept}\n  repeat: bench/chaos/run --seed {Seed} --faults {Faults.Count}");
}

/// <summary>Runs a workload on a cluster.</summary>
internal static class ChaosRun
{
    /// <summary>Runs it in peace.</summary>
    public static async Task<(History History, IReadOnlyList<long> Sweeps)> Undisturbed(Cluster cluster, Workload workload)
    {
        var sweeps = await workload.Launch(cluster);
        await Workload.Ended(cluster, sweeps);
        return (await Read(cluster, sweeps), sweeps);
    }

    /// <summary>Runs it while the plan's faults are done to the cluster, and has it checked. The cluster is of no use afterwards.</summary>
    public static async Task<Verdict> Disturbed(Cluster cluster, Workload workload, FaultPlan plan, History undisturbed)
    {
        var began = TimeProvider.System.GetTimestamp();
        var sweeps = await workload.Launch(cluster);
        using var saboteur = new Saboteur(cluster);
        using var ended = new CancellationTokenSource();
        foreach (var link in cluster.Links) link.Noisy = true;
        var sabotage = saboteur.Run(plan, ended.Token);
        while (!sabotage.IsCompleted && !await Workload.HasEnded(cluster, sweeps))
        {
            await cluster.CutWaits();
            await Task.Delay(200);
        }

        await ended.CancelAsync();
        await sabotage;
        string? stuck = null;
        try
        {
            await Workload.Ended(cluster, sweeps);
        }
        catch (ChaosException why)
        {
            stuck = why.Message;
        }

        // What is late comes at last, and must change nothing.
        foreach (var link in cluster.Links) link.Noisy = false;
        await Task.WhenAll(cluster.Links.Select(link => link.Settle()));
        var history = await Read(cluster, sweeps);
        IReadOnlyList<string> complaints = [.. stuck is null ? Checker.Check(history, Workload.Sizes, undisturbed) : [stuck], .. cluster.Bugs()];
        if (complaints.Count > 0)
        {
            foreach (var one in history.Experiments)
            {
                cluster.Note($"{one}: {one.State}, fence {one.Fence}");
                foreach (var attempt in one.Attempts) cluster.Note($"  {attempt}");
                foreach (var saved in one.Checkpoints) cluster.Note($"  {saved}");
            }

            cluster.Keep = $"/tmp/vivit-chaos-seed-{plan.Seed}-{Guid.NewGuid().ToString("n")[..6]}";
        }

        var reports = cluster.Links.Select(link => link.Disturbed).Aggregate((sum, one) => (sum.Repeated + one.Repeated, sum.Late + one.Late, sum.AnswersLost + one.AnswersLost));
        return new(plan.Seed, workload.Name, saboteur.Done, reports, history.Experiments.Count, history.Experiments.Sum(one => one.Attempts.Count),
            TimeProvider.System.GetElapsedTime(began).TotalSeconds, complaints, cluster.Keep);
    }

    private static async Task<History> Read(Cluster cluster, IReadOnlyList<long> sweeps)
    {
        await using var rows = await cluster.Rows();
        await using var snapshot = await rows.BeginTransactionAsync(IsolationLevel.RepeatableRead);
        return await History.Read(rows, sweeps, cluster.Checkpoints);
    }
}
