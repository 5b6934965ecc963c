using Orleans.Concurrency;
using ViViT.Contracts;
using ViViT.Contracts.Specs;
using ViViT.Contracts.Wire;

namespace ViViT.Grains.Sweeps;

/// <summary>
/// One sweep, by its number: takes it in, steers it, and finds out when its last experiment has ended. Every call may be repeated. What a person wants
/// says <c>by</c> whose token it is wanted.
/// </summary>
[Alias("vivit.sweep")]
public interface ISweepGrain : IGrainWithIntegerKey
{
    /// <summary>Stores the sweep and the experiments that are decided, ready for workers. A repeated call changes nothing.</summary>
    /// <returns>What is wrong with the spec; empty when it was taken.</returns>
    Task<SpecProblem[]> Submit([Immutable] SweepSpec spec, string by);

    /// <summary>Ends the sweep and every experiment of it that has not ended.</summary>
    /// <returns>Whether there is such a sweep.</returns>
    Task<bool> Cancel(string by);

    /// <summary>Nothing new of it starts; what runs is saved and handed back.</summary>
    /// <returns>Whether there is such a sweep.</returns>
    Task<bool> Pause(string by);

    /// <summary>Lets a paused sweep go on.</summary>
    /// <returns>Whether there is such a sweep.</returns>
    Task<bool> Resume(string by);

    /// <summary>Gives exactly those experiments another attempt that failed; the sweep runs again.</summary>
    /// <returns>Which ones; null when there is no such sweep.</returns>
    Task<ExperimentId[]?> RetryFailed(string by);

    /// <summary>Gives one of its experiments another attempt; the sweep runs again.</summary>
    Task<ReportReply> Retry(ExperimentId experiment, string by);

    /// <summary>News from one of its experiments. Many at once cost one look at the database.</summary>
    [OneWay]
    Task ExperimentEnded();
}
