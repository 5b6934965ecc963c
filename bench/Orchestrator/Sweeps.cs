using System.Text.Json;
using ViViT.Contracts.Specs;

namespace ViViT.Bench.Orchestrator;

/// <summary>Sweeps of any size.</summary>
internal static class Sweeps
{
    public const string Pool = "local";

    /// <summary>The most seeds of a sweep; more experiments than that differ in their learning rate, too.</summary>
    private const int Seeds = 1_000;

    /// <param name="experiments">Up to 1,000, or a multiple of it.</param>
    /// <param name="group">How many train as one.</param>
    public static SweepSpec Of(int experiments, string pool = Pool, int group = 1)
    {
        if (experiments > Seeds && experiments % Seeds != 0) throw new ArgumentOutOfRangeException(nameof(experiments), experiments, $"Give up to {Seeds:N0} or a multiple of it.");
        return new SweepSpec
        {
            Name = "bench",
            Pool = pool,
            Group = new GroupSetting(group),
            Experiment = new ExperimentSpec { Data = new DataSpec { Name = "organmnist3d" } },
            Grid = new Dictionary<string, IReadOnlyList<JsonElement>>
            {
                ["training.learning_rate"] = Numbers((experiments + Seeds - 1) / Seeds, number => (number + 1) * 1e-5),
                ["seed"] = Numbers(Math.Min(experiments, Seeds), number => number),
            },
        };
    }

    private static IReadOnlyList<JsonElement> Numbers<T>(int count, Func<int, T> number) => [.. Enumerable.Range(0, count).Select(index => JsonSerializer.SerializeToElement(number(index)))];
}
