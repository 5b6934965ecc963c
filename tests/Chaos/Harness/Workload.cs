using System.Globalization;

namespace ViViT.Chaos;

/// <summary>
/// What is trained while things go wrong: two groups of three, one for each agent, and two that train alone. There are a few workloads,
/// which differ in what a resumed training must not lose: optimiser, schedule, averages, augmentation, noise.
/// </summary>
internal sealed record Workload(string Name, string Groups, string Alone)
{
    private const int GroupSize = 3;

    private static readonly TimeSpan StartPatience = TimeSpan.FromMinutes(2);

    private static readonly TimeSpan EndOfRequests = TimeSpan.FromMilliseconds(300);

    // On a busy machine a trainer takes its time to start; but something must happen now and then, and at some time all must be over.
    private static readonly TimeSpan IdlePatience = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan WholePatience = TimeSpan.FromMinutes(10);

    // Epochs have eight steps. Saves, points and ends of epochs fall together in the second, in part in the first, and never in the third.
    private static readonly Workload[] All =
    [
        Of("adam",
            """{"dropout": 0.1}""",
            """{"log_every_steps": 5, "checkpoint_every_steps": 20}"""),
        Of("adamw-averaged",
            """{"dropout": 0.05, "stochastic_depth": 0.1}""",
            """{"log_every_steps": 6, "checkpoint_every_steps": 24, "optimiser": "adamw", "weight_decay": 0.05, "weight_average": 0.95, "clip_norm": 1, "schedule": {"kind": "cosine", "warmup_epochs": 2}}"""),
        Of("sgd-augmented",
            """{"dropout": 0.1}""",
            """{"log_every_steps": 3, "checkpoint_every_steps": 17, "optimiser": "sgd", "label_smoothing": 0.1, "augmentation": {"flip": 0.5, "shift": 2, "intensity": 0.1}, "schedule": {"kind": "plateau", "plateau_epochs": 3, "factor": 0.5}}"""),
    ];

    /// <summary>Experiments of each sweep.</summary>
    public static IReadOnlyList<int> Sizes { get; } = [Cluster.AgentCount * GroupSize, 2];

    public static Workload For(int seed) => All[(int)((uint)seed % All.Length)];

    /// <summary>
    /// Submits its sweeps, to idle agents. Groups are to be the same in every run, and two slots that ask at once may share one out: so one agent
    /// after the other gets its group, and then come the experiments that train alone.
    /// </summary>
    /// <returns>Their ids.</returns>
    public async Task<IReadOnlyList<long>> Launch(Cluster cluster)
    {
        foreach (var link in cluster.Links.Skip(1)) link.Be(LinkState.Cut);
        await Task.Delay(EndOfRequests);
        var groups = await cluster.Submit(Groups);
        for (var agent = 0; agent < Cluster.AgentCount; agent++)
        {
            cluster.Links[agent].Be(LinkState.Open);
            var granted = (agent + 1) * GroupSize;
            await cluster.Until($"agent {agent} trains a group", StartPatience, async () => await cluster.TryCount(
                $"select count(*) from experiment where sweep_id = {groups.ToString(CultureInfo.InvariantCulture)} and group_id is not null") >= granted);
        }

        return [groups, await cluster.Submit(Alone)];
    }

    /// <summary>Waits until nothing of the sweeps can move any more.</summary>
    /// <exception cref="ChaosException">Nothing has happened for long, or it has not come to an end.</exception>
    public static async Task Ended(Cluster cluster, IReadOnlyList<long> sweeps)
    {
        var (began, moved, progress) = (TimeProvider.System.GetTimestamp(), TimeProvider.System.GetTimestamp(), (long?)null);
        while (!await HasEnded(cluster, sweeps))
        {
            await cluster.CutWaits();
            if (await cluster.TryProgress() is { } now && now != progress) (progress, moved) = (now, TimeProvider.System.GetTimestamp());
            if (TimeProvider.System.GetElapsedTime(moved) > IdlePatience) throw new ChaosException($"nothing has moved for {IdlePatience.TotalSeconds:0} s, and not every experiment has ended");
            if (TimeProvider.System.GetElapsedTime(began) > WholePatience) throw new ChaosException($"after {WholePatience.TotalMinutes:0} minutes not every experiment has ended");
            await Task.Delay(200);
        }
    }

    public static async Task<bool> HasEnded(Cluster cluster, IReadOnlyList<long> sweeps) => await cluster.TryCount(
        $"select count(*) from experiment where sweep_id in ({string.Join(", ", sweeps)}) and state not in ('succeeded', 'failed', 'stopped', 'cancelled')") == 0;

    private static Workload Of(string name, string model, string training)
    {
        return new(name,
            Sweep("groups", GroupSize, """ "model.patch": [8, 14], "training.learning_rate": [0.003, 0.001, 0.0003] """),
            Sweep("alone", 1, """ "seed": [11, 12] """));

        string Sweep(string sweep, int group, string grid) => $$"""
            {"name": "{{name}}-{{sweep}}", "group": {{group}}, "max_attempts": 100,
             "experiment": {
               "data": {"name": "shapes3d", "limit": 128},
               "model": {"width": 32, "layers": 2, "heads": 2, {{model[1..]}},
               "training": {"epochs": 16, "batch_size": 16, {{training[1..]}}},
             "grid": { {{grid}} } }
            """;
    }
}
