using ViViT.Contracts.Specs;

namespace ViViT.Contracts.Search;

/// <summary>
/// When experiments are judged, and how. Pure: a judgement follows from the stored judgements and the report alone, and no report waits for
/// another. So whatever comes late, twice or in the wrong order, nothing is judged twice, no past judgement changes, and nothing gets stuck.
/// </summary>
public static class StoppingRules
{
    /// <summary>Epochs at which an experiment is judged: rising, all below its last epoch.</summary>
    /// <param name="ordinal">The experiment's position in the sweep, which decides its bracket.</param>
    /// <param name="epochs">The epochs that it trains when nothing stops it.</param>
    public static IReadOnlyList<int> Milestones(StoppingSpec spec, int ordinal, int epochs) => spec.Rule == StoppingRule.Median
        ? [.. Enumerable.Range(1, Math.Max(0, epochs - 1))]
        : [.. SuccessiveHalving.Milestones(spec, ordinal).TakeWhile(milestone => milestone < epochs).Select(milestone => (int)milestone)];

    /// <summary>Judges one report. One that was judged before gets the stored judgement.</summary>
    /// <param name="history">All earlier judgements of the sweep in stored order.</param>
    public static Judgement Judge(StoppingSpec spec, IReadOnlyList<Judgement> history, Report report)
    {
        var peers = Peers.Of(history, report);
        if (peers.Same is { } judged) return judged;
        var (stop, reason) = Decide(spec, peers, report);
        return new(report.Ordinal, report.Population, report.Epoch, report.Value, stop, reason);
    }

    private static (bool Stop, string Reason) Decide(StoppingSpec spec, Peers peers, Report report)
    {
        if (peers.Stopped is { } stopped) return (true, $"it was stopped at epoch {stopped.Epoch}");
        if (!double.IsFinite(report.Value)) return (true, FormattableString.Invariant($"{spec.Objective.Metric} is {report.Value}"));
        if (peers.LastEpoch > report.Epoch) return (false, $"it was judged at epoch {peers.LastEpoch} already");
        if (report.Epoch < spec.MinEpochs) return (false, $"nothing is stopped before epoch {spec.MinEpochs}");
        return spec.Rule == StoppingRule.Median ? MedianRule.Decide(spec, peers, report) : SuccessiveHalving.Decide(spec, peers, report);
    }
}
