using ViViT.Chaos;

namespace ViViT.Chaos.Tests;

/// <summary>One cluster, on which the same experiments train in peace and then disturbed; afterwards its processes are gone and its rows are there.</summary>
public sealed class DisturbedRun : IAsyncLifetime
{
    // A fixed one: a failure of ./test is then everybody's. bench/chaos/run tries others.
    private const int Seed = 1;
    private const int Faults = 8;

    private Cluster? cluster;

    internal Cluster Cluster => cluster ?? throw new InvalidOperationException("The run has not begun.");

    /// <summary>Of the undisturbed run.</summary>
    internal IReadOnlyList<long> Sweeps { get; private set; } = [];

    internal History Undisturbed { get; private set; } = new([]);

    /// <summary>What the checker says of the disturbed one.</summary>
    internal Verdict? Verdict { get; private set; }

    public async ValueTask InitializeAsync()
    {
        var workload = Workload.For(Seed);
        cluster = await Cluster.Start(await Cluster.StartDatabase(), Seed);
        (Undisturbed, Sweeps) = await ChaosRun.Undisturbed(cluster, workload);
        Verdict = await ChaosRun.Disturbed(cluster, workload, FaultPlan.Of(Seed, Faults), Undisturbed);
        await cluster.EndProcesses();
    }

    public async ValueTask DisposeAsync()
    {
        if (cluster is not null) await cluster.DisposeAsync();
    }
}
