using Orleans.Concurrency;
using ViViT.Contracts.Specs;

namespace ViViT.Grains.Sweeps;

/// <summary>One sweep, by its number: takes it in, ends it, and finds out when its last experiment has ended. Every call may be repeated.</summary>
[Alias("vivit.sweep")]
public interface ISweepGrain : IGrainWithIntegerKey
{
    /// <summary>Stores the sweep and all its experiments, ready for workers. A repeated call changes nothing.</summary>
    /// <returns>What is wrong with the spec; empty when it was taken.</returns>
    Task<SpecProblem[]> Submit(SweepSpec spec);

    /// <summary>Ends the sweep and every experiment of it that has not ended.</summary>
    /// <returns>Whether there is such a sweep.</returns>
    Task<bool> Cancel();

    /// <summary>News from one of its experiments. Many at once cost one look at the database.</summary>
    [OneWay]
    Task ExperimentEnded();
}
