using Npgsql;
using ViViT.TestKit;

namespace ViViT.Chaos;

/// <summary>Does what a plan says to a cluster.</summary>
internal sealed class Saboteur(Cluster cluster) : IDisposable
{
    // A fault waits so long for the work that it is to disturb to go on after the one before.
    private static readonly TimeSpan ProgressPatience = TimeSpan.FromSeconds(3);

    private readonly SemaphoreSlim database = new(1);

    /// <summary>Faults that began.</summary>
    public List<Fault> Done { get; } = [];

    /// <summary>Carries out the plan until it ends or is told to stop, and waits until every fault is over.</summary>
    public async Task Run(FaultPlan plan, CancellationToken stop)
    {
        List<Task> lasting = [];
        foreach (var fault in plan.Faults)
        {
            await Task.Delay(fault.After, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (Done.Count > 0) await Progress(stop);
            if (stop.IsCancellationRequested) break;
            Done.Add(fault);
            cluster.Note($"fault: {fault}");
            lasting.Add(Do(fault));
        }

        await Task.WhenAll(lasting);
    }

    public void Dispose() => database.Dispose();

    private async Task Progress(CancellationToken stop)
    {
        var began = TimeProvider.System.GetTimestamp();
        var before = await cluster.TryProgress();
        while (!stop.IsCancellationRequested && TimeProvider.System.GetElapsedTime(began) < ProgressPatience && (await cluster.TryProgress() is not { } now || now == (before ??= now)))
        {
            await Task.Delay(100, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private Task Do(Fault fault) => fault.Kind switch
    {
        FaultKind.KillTrainer => KillTrainer(fault.Victim),
        FaultKind.KillAgent => End(cluster.Agents[fault.Victim], Signal.Kill, fault.Time),
        FaultKind.KillSilo => End(cluster.Silo, Signal.Kill, fault.Time),
        FaultKind.FreezeTrainer => FreezeTrainer(fault.Victim, fault.Time),
        FaultKind.FreezeAgent => cluster.Agents[fault.Victim].StandStill(fault.Time),
        FaultKind.FreezeSilo => cluster.Silo.StandStill(fault.Time),
        FaultKind.StopAgent => End(cluster.Agents[fault.Victim], Signal.Terminate, fault.Time),
        FaultKind.StopSilo => End(cluster.Silo, Signal.Terminate, fault.Time),
        FaultKind.CutWorkerLink => cluster.Links[fault.Victim].Be(LinkState.Cut, fault.Time),
        FaultKind.HangWorkerLink => cluster.Links[fault.Victim].Be(LinkState.Hung, fault.Time),
        FaultKind.DeafenWorkerLink => cluster.Links[fault.Victim].Be(LinkState.Deaf, fault.Time),
        FaultKind.SlowWorkerLink => cluster.Links[fault.Victim].Be(LinkState.Slow, fault.Time),
        FaultKind.CutDatabaseLink => cluster.DatabaseLink.Cut(fault.Time / 2),
        FaultKind.StallDatabaseLink => cluster.DatabaseLink.Stall(fault.Time),
        FaultKind.EndDatabaseSessions => EndSessions(),
        FaultKind.RestartDatabase => Restart(cluster.Postgres.Stop, fault.Time / 2),
        FaultKind.CrashDatabase => Restart(cluster.Postgres.Crash, fault.Time / 2),
        _ => throw new ArgumentOutOfRangeException(nameof(fault), fault.Kind, "Nothing is known of such a fault."),
    };

    private static Task End(Supervised program, Signal signal, TimeSpan downFor)
    {
        program.End(signal, downFor);
        return Task.CompletedTask;
    }

    private Task KillTrainer(int agent)
    {
        foreach (var trainer in Trainers(agent)) Processes.Signal(trainer, Signal.Kill);
        return Task.CompletedTask;
    }

    private async Task FreezeTrainer(int agent, TimeSpan time)
    {
        var frozen = Trainers(agent);
        foreach (var trainer in frozen) Processes.Signal(trainer, Signal.Stop);
        await Task.Delay(time);
        foreach (var trainer in frozen) Processes.Signal(trainer, Signal.Continue);
    }

    private IReadOnlyList<int> Trainers(int agent) => cluster.Agents[agent].Pid is { } pid ? Processes.ChildrenOf(pid) : [];

    private async Task EndSessions()
    {
        try
        {
            await using var rows = await cluster.Rows();
            await using var end = new NpgsqlCommand(
                "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and backend_type = 'client backend' and pid <> pg_backend_pid()", rows);
            await end.ExecuteNonQueryAsync();
        }
        catch (Exception fault) when (Cluster.IsAway(fault))
        {
            // Another fault had ended them all before.
        }
    }

    private async Task Restart(Action end, TimeSpan downFor)
    {
        await database.WaitAsync();
        try
        {
            await Task.Run(end);
            await Task.Delay(downFor);
            await Task.Run(cluster.Postgres.Restart);
        }
        finally
        {
            database.Release();
        }
    }
}
