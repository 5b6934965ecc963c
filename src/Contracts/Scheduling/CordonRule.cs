namespace ViViT.Contracts.Scheduling;

/// <summary>How an attempt on a worker ended.</summary>
/// <param name="Infrastructure">Whether it failed for a reason of the infrastructure.</param>
public sealed record WorkerEnding(ExperimentId Experiment, SweepId Sweep, bool Infrastructure);

/// <summary>
/// When a worker is to blame. One that fails experiments of several sweeps in a row, with nothing that it brought to a proper end in between, is
/// cordoned: it gets no more leases until a person has looked. Failures of one sweep alone may be that sweep's doing. Pure.
/// </summary>
public static class CordonRule
{
    /// <summary>So many sweeps, an experiment of each.</summary>
    public const int Sweeps = 3;

    /// <summary>Endings that the rule looks back at.</summary>
    public const int Window = 20;

    /// <summary>Why the worker is to be cordoned; null when it is not.</summary>
    /// <param name="endings">The latest ones, newest first.</param>
    public static string? Due(IEnumerable<WorkerEnding> endings)
    {
        var failed = endings.TakeWhile(ending => ending.Infrastructure).ToList();
        return failed.DistinctBy(ending => ending.Sweep).Count() >= Sweeps
            ? $"its last {failed.Count} attempts, of {failed.DistinctBy(ending => ending.Sweep).Count()} sweeps, failed for reasons of the infrastructure "
              + $"(experiments {string.Join(", ", failed.Select(ending => ending.Experiment).Distinct().Order(Comparer<ExperimentId>.Create((a, b) => a.Value.CompareTo(b.Value))))})"
            : null;
    }
}
