namespace ViViT.Contracts.Scheduling;

/// <summary>A lease that runs: what could be preempted.</summary>
/// <param name="Lease">Its number.</param>
/// <param name="Releasing">Whether it was asked to save and hand back already.</param>
/// <param name="StartedAt">When it was granted.</param>
public sealed record RunningLease(SweepId Sweep, long Lease, int Priority, SlotOffer Slot, bool Releasing, DateTimeOffset StartedAt);

/// <summary>
/// Which leases make room for sweeps of higher priority: they are asked to save a checkpoint and hand back, so no step is lost. Among sweeps of
/// one priority nothing is preempted; there, shares converge as slots come free. Pure.
/// </summary>
public static class Preemption
{
    /// <summary>Leases to ask, as few as it takes.</summary>
    /// <param name="idle">Slots that nobody uses, and so serve before anything is taken away.</param>
    public static IReadOnlyList<RunningLease> Victims(IEnumerable<SweepDemand> demands, IReadOnlyCollection<RunningLease> running, IReadOnlyCollection<SlotOffer> idle)
    {
        var free = idle.Concat(running.Where(lease => lease.Releasing).Select(lease => lease.Slot)).ToList();
        var left = running.Where(lease => !lease.Releasing).OrderBy(lease => lease.Priority).ThenByDescending(lease => lease.StartedAt).ToList();
        var victims = new List<RunningLease>();
        foreach (var demand in demands.Where(demand => demand.Wants > 0).OrderByDescending(demand => demand.Priority).ThenBy(demand => demand.Sweep.Value))
        {
            for (var wanted = demand.Wants; wanted > 0; wanted--)
            {
                if (free.FindIndex(slot => slot.Meets(demand.Needs)) is >= 0 and var unused)
                {
                    free.RemoveAt(unused);
                }
                else if (left.Find(lease => lease.Priority < demand.Priority && lease.Slot.Meets(demand.Needs)) is { } victim)
                {
                    left.Remove(victim);
                    victims.Add(victim);
                }
                else
                {
                    break;
                }
            }
        }

        return victims;
    }
}
