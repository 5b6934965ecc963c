using ViViT.Contracts.Experiments;
using ViViT.Contracts.Wire;
using ViViT.Storage;

namespace ViViT.Grains.Experiments;

/// <summary>The word on a report that changed nothing.</summary>
internal static class LateReport
{
    /// <summary>
    /// A worker whose report was stored but whose reply was lost reports again: that is a duplicate when the attempt under its fence ended
    /// just so. Everything else that changes nothing comes from a lost lease.
    /// </summary>
    public static ReportStatus Status(ExperimentEvent e, IEnumerable<AttemptRow> attempts) => e switch
    {
        ExperimentEvent.AttemptEnded ended
            when attempts.FirstOrDefault(attempt => attempt.Fence == ended.Fence)?.Outcome == AttemptEnding.Of(ended.Outcome).Outcome => ReportStatus.Duplicate,
        _ => ReportStatus.LeaseLost,
    };
}
