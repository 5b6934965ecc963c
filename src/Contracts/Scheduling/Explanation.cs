using System.Globalization;
using ViViT.Contracts.Experiments;
using ViViT.Contracts.Specs;
using ViViT.Contracts.Sweeps;

namespace ViViT.Contracts.Scheduling;

/// <summary>Why an experiment is where it is, and what would change that.</summary>
/// <param name="Code">For programs; one of <see cref="WaitCode"/> for what waits, else the state.</param>
/// <param name="Text">For people: one sentence without its full stop.</param>
/// <param name="Remedy">What would change it; null when nothing would.</param>
public sealed record Explanation(string Code, string Text, string? Remedy = null);

/// <summary>Why an experiment waits.</summary>
public enum WaitCode
{
    /// <summary>Its sweep is paused.</summary>
    Paused,

    /// <summary>It failed and waits before its next attempt.</summary>
    BackingOff,

    /// <summary>No worker of its pool is alive.</summary>
    NoWorker,

    /// <summary>Every worker of its pool is cordoned or draining.</summary>
    AllCordoned,

    /// <summary>No slot of its pool has what it needs.</summary>
    NoFit,

    /// <summary>No slot of its pool takes a group of its size.</summary>
    GroupTooLarge,

    /// <summary>Its sweep has all the slots that it may have.</summary>
    MaxParallel,

    /// <summary>All slots are in use.</summary>
    NoFreeSlot,

    /// <summary>A slot is about to take it.</summary>
    NextInLine,
}

/// <summary>What the explanation of a waiting experiment rests on.</summary>
/// <param name="ReadyAt">The end of its backoff; null when it could start now.</param>
/// <param name="GroupSize">Places of the group that it trains in; null before its first grant.</param>
/// <param name="Ahead">Experiments of its sweep that could start now and go before it.</param>
/// <param name="SteeredBy">Who paused its sweep, when that is known.</param>
public sealed record WaitingFacts(
    ExperimentState State, string? Reason, DateTimeOffset? ReadyAt, int? GroupSize, int Ahead, string Pool, SweepState Sweep, SweepDemand Demand, string? SteeredBy = null);

/// <summary>A worker's slot in its pool as the control plane knows it.</summary>
/// <param name="Usable">Its worker is alive, not cordoned and not draining.</param>
public sealed record PoolSlot(SlotOffer Offer, int MaxGroup, bool Usable, bool Busy);

/// <summary>Makes explanations from facts. Pure.</summary>
public static class Explanations
{
    /// <summary>Of an experiment that is not running; of one that runs, only that it does.</summary>
    public static Explanation Of(WaitingFacts facts, IReadOnlyCollection<PoolSlot> pool, ExperimentId experiment) => facts.State switch
    {
        ExperimentState.Running => new("running", "a worker trains it"),
        ExperimentState.Succeeded => new("succeeded", "trained to its end"),
        ExperimentState.Stopped => new("stopped", facts.Reason ?? "its sweep's stopping rule ended it"),
        ExperimentState.Failed => new("failed", facts.Reason ?? "it failed", $"another attempt: vivit experiment retry {experiment}"),
        ExperimentState.Cancelled => new("cancelled", facts.Reason ?? "its user ended it", $"another attempt: vivit experiment retry {experiment}"),
        _ => Waiting(facts, pool),
    };

    private static Explanation Waiting(WaitingFacts facts, IReadOnlyCollection<PoolSlot> pool)
    {
        var (demand, name) = (facts.Demand, facts.Pool);
        if (facts.Sweep == SweepState.Paused) return Wait(WaitCode.Paused, $"sweep {demand.Sweep} is paused{(facts.SteeredBy is { } by ? $" by {by}" : "")}", $"vivit sweep resume {demand.Sweep}");
        if (facts.ReadyAt is { } ready)
        {
            return Wait(WaitCode.BackingOff, $"backing off until {ready.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)} UTC after: {facts.Reason}", "it starts by itself");
        }

        if (pool.Count == 0) return Wait(WaitCode.NoWorker, $"pool {name} has no live worker", $"start a worker with VIVIT_POOL={name}; vivit worker list shows those there are");
        var usable = pool.Where(slot => slot.Usable).ToList();
        if (usable.Count == 0) return Wait(WaitCode.AllCordoned, $"every worker of pool {name} is cordoned or draining", "vivit worker list says why; vivit worker uncordon NAME lets one work again");
        if (!usable.Exists(slot => slot.Offer.Meets(demand.Needs))) return Wait(WaitCode.NoFit, Misfit(demand.Needs, usable, name), "start a worker with such a slot, or change resources in the sweep file");
        if (facts.GroupSize is > 1 and var size && !usable.Exists(slot => slot.MaxGroup >= size && slot.Offer.Meets(demand.Needs)))
        {
            return Wait(WaitCode.GroupTooLarge, $"trains in a group of {size}, and the largest that a slot of pool {name} takes is {usable.Max(slot => slot.MaxGroup)}", $"start a worker with VIVIT_MAX_GROUP of at least {size}");
        }

        if (demand.MaxParallel is { } most && demand.Running >= most)
        {
            return Wait(WaitCode.MaxParallel, $"sweep {demand.Sweep} has {demand.Running} of at most {most} slots; {Ahead(facts)}", "it starts when one of them ends, or with a higher max_parallel");
        }

        return usable.Exists(slot => !slot.Busy && slot.Offer.Meets(demand.Needs))
            ? Wait(WaitCode.NextInLine, $"a slot of pool {name} is free; {Ahead(facts)}", "it starts by itself")
            : Wait(WaitCode.NoFreeSlot, $"pool {name} has no free slot ({usable.Count} in use); {Ahead(facts)}", $"more workers, or a higher priority: vivit sweep priority {demand.Sweep} N");
    }

    private static string Misfit(ResourceSpec needs, List<PoolSlot> usable, string pool)
    {
        var right = usable.Where(slot => slot.Offer.HasDevice(needs)).ToList();
        return right.Count == 0
            ? $"needs a device '{needs.Device}', and pool {pool} has {string.Join(", ", usable.Select(slot => slot.Offer.DeviceKind).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))}"
            : string.Create(CultureInfo.InvariantCulture, $"needs {needs.MemoryGib:0.#} GiB, the largest slot of pool {pool} has {right.Max(slot => slot.Offer.MemoryGib):0.#}");
    }

    private static string Ahead(WaitingFacts facts) => $"{facts.Ahead} ahead of it in its sweep";

    private static Explanation Wait(WaitCode code, string text, string remedy) => new(ContractsJson.Name(code), text, remedy);
}
