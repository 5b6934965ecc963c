namespace ViViT.Contracts.Scheduling;

/// <summary>
/// Which sweep gets a free slot. Weighted fair share by the rule of weighted max-min fairness (Bertsekas and Gallager 1992, section 6.5.2): of
/// the sweeps of the highest priority, the one that would have the least slots for its weight. As slots come free one by one, shares converge to
/// the weights, and none that has work starves within its priority. Pure.
/// </summary>
public static class FairShare
{
    /// <summary>The sweeps that the slot may serve, the one to be served first in front.</summary>
    public static IEnumerable<SweepDemand> Order(IEnumerable<SweepDemand> demands, SlotOffer slot) => demands
        .Where(demand => demand.Wants > 0 && slot.Meets(demand.Needs))
        .OrderByDescending(demand => demand.Priority)
        .ThenBy(demand => (demand.Running + 1) / demand.Weight)
        .ThenBy(demand => demand.Sweep.Value);
}
