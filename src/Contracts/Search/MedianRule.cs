using ViViT.Contracts.Specs;

namespace ViViT.Contracts.Search;

/// <summary>
/// The median rule (Golovin et al., "Google Vizier", KDD 2017, section 3.2.2): at an epoch, an experiment ends when its best value so far is
/// worse than the median, over the others that came as far, of their mean values up to that epoch.
/// </summary>
internal static class MedianRule
{
    public static (bool Stop, string Reason) Decide(StoppingSpec spec, Peers peers, Report report)
    {
        var best = peers.Own.Where(one => one.Epoch <= report.Epoch).Select(one => spec.Objective.Loss(one.Value)).Append(spec.Objective.Loss(report.Value)).Min();
        var means = peers.Others.Where(one => one.Epoch <= report.Epoch).GroupBy(one => one.Ordinal)
            .Where(reports => reports.Any(one => one.Epoch == report.Epoch))
            .Select(reports => reports.Average(one => spec.Objective.Loss(one.Value))).Order().ToArray();
        if (means.Length < spec.Startup) return (false, $"{means.Length} others came to epoch {report.Epoch}; from {spec.Startup} on it is judged");
        var median = means.Length % 2 == 1 ? means[means.Length / 2] : (means[(means.Length / 2) - 1] + means[means.Length / 2]) / 2;
        var sign = spec.Objective.Goal == Goal.Minimize ? 1 : -1;
        return (best > median, FormattableString.Invariant($"its best value up to epoch {report.Epoch} is {sign * best:0.####}, the median of {means.Length} others {sign * median:0.####}"));
    }
}
