using ViViT.Contracts;
using ViViT.Contracts.Scheduling;

namespace ViViT.Grains.Scheduling;

/// <summary>
/// What the pool's sweeps want and have, as of a moment, carried forward by the grants since. It only orders: a claim that it suggests is checked
/// against the rows.
/// </summary>
internal sealed class PoolView(IEnumerable<SweepDemand> demands, IReadOnlySet<string> cordoned, TimeSpan at)
{
    private readonly Dictionary<SweepId, SweepDemand> demands = demands.ToDictionary(demand => demand.Sweep);

    /// <summary>When it was read, by the clock of its reader.</summary>
    public TimeSpan At => at;

    public IReadOnlyCollection<SweepDemand> Demands => demands.Values;

    /// <summary>Whether the worker gets no leases.</summary>
    public bool IsCordoned(string worker) => cordoned.Contains(worker);

    /// <summary>The sweep got a slot.</summary>
    public void Granted(SweepId sweep, int experiments)
    {
        if (demands.TryGetValue(sweep, out var demand))
        {
            demands[sweep] = demand with { Running = demand.Running + 1, Waiting = Math.Max(0, demand.Waiting - experiments) };
        }
    }
}
