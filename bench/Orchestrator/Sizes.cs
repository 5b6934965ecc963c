namespace ViViT.Bench.Orchestrator;

/// <summary>How much of everything.</summary>
/// <param name="Rounds">Repetitions of which the median counts.</param>
/// <param name="Grants">Experiments of one round of grants.</param>
/// <param name="Submits">Sweeps of one experiment, one after the other.</param>
/// <param name="Experiments">Experiments of the sweep that measures the overhead.</param>
/// <param name="Messages">Messages of metrics that each attempt sends in a round.</param>
/// <param name="Queue">Experiments to queue step by step, a multiple of 1,000 each; each step is measured.</param>
/// <param name="Running">Experiments of the sweep that runs as a whole.</param>
/// <param name="Reads">Repetitions of a read.</param>
internal sealed record Sizes(int Rounds, int Grants, int Submits, int Experiments, int Messages, IReadOnlyList<int> Queue, int Running, int Reads)
{
    public static Sizes Full { get; } = new(Rounds: 3, Grants: 2_000, Submits: 100, Experiments: 10_000, Messages: 32, Queue: [1_000, 10_000, 100_000, 1_000_000], Running: 100_000, Reads: 30);

    public static Sizes Quick { get; } = new(Rounds: 1, Grants: 500, Submits: 15, Experiments: 1_000, Messages: 8, Queue: [1_000, 10_000], Running: 10_000, Reads: 10);
}
