using ViViT.Contracts;
using ViViT.Contracts.Experiments;
using ViViT.Contracts.Scheduling;
using ViViT.Contracts.Wire;
using ViViT.Storage;

namespace ViViT.Silo.Api;

/// <summary>Adds to experiments why they do not run and what would change that, from what the scheduler decides on.</summary>
internal sealed class Explainer(Pools pools)
{
    /// <param name="rows">Of that sweep, in order of ordinal.</param>
    public async Task<IReadOnlyList<ExperimentRow>> Explain(SweepId sweep, IReadOnlyList<ExperimentRow> rows, CancellationToken stop)
    {
        if (rows.Count == 0 || await pools.Standing(sweep, stop) is not { } standing)
        {
            return rows;
        }

        var firstWaiting = rows.FirstOrDefault(IsReady);
        var slots = rows.Any(row => !row.State.IsFinal()) ? await pools.Slots(standing.Pool, stop) : [];
        var ahead = firstWaiting is null ? 0 : await pools.Ahead(sweep, firstWaiting.Id, stop);
        var explained = new List<ExperimentRow>(rows.Count);
        foreach (var row in rows)
        {
            var facts = new WaitingFacts(row.State, row.Reason, row.ReadyAt, row.GroupSize, ahead, standing.Pool, standing.State, standing.Demand, standing.SteeredBy);
            explained.Add(row.State == ExperimentState.Running ? row : row with { Why = Explanations.Of(facts, slots, row.Id) });
            if (IsReady(row)) ahead++;
        }

        return explained;
    }

    private static bool IsReady(ExperimentRow row) => row is { State: ExperimentState.Queued, ReadyAt: null };
}
