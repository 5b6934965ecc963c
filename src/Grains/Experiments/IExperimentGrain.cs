using Orleans.Concurrency;
using ViViT.Contracts.Experiments;
using ViViT.Contracts.Wire;

namespace ViViT.Grains.Experiments;

/// <summary>One experiment, by its number.</summary>
[Alias("vivit.experiment")]
public interface IExperimentGrain : IGrainWithIntegerKey
{
    /// <summary>
    /// Something happened to the experiment. <see cref="ReportStatus.Accepted"/>: it changed its state, durably.
    /// <see cref="ReportStatus.Duplicate"/>: it was told before. <see cref="ReportStatus.LeaseLost"/>: it no longer matters, nothing changed.
    /// </summary>
    [return: Immutable]
    Task<ReportReply> Report([Immutable] ExperimentEvent e);
}
