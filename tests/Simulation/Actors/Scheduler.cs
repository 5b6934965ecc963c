using ViViT.Contracts.Experiments;
using ViViT.Contracts.Scheduling;
using ViViT.Contracts.Wire;
using ViViT.Grains.Scheduling;
using ViViT.Simulation.Tests.Engine;

namespace ViViT.Simulation.Tests.Actors;

/// <summary>What SchedulerGrain does, statement by statement.</summary>
internal sealed class Scheduler(World world, Silo silo)
{
    private const int ReclaimBatch = 100;
    private static readonly TimeSpan ViewAge = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan ReclaimPeriod = TimeSpan.FromSeconds(1);

    private PoolView? view;
    private TimeSpan reclaimFrom;
    private TimeSpan lastLook;

    public void Start()
    {
        BeSilent();
        PlanLook();
    }

    public async Task<Reply<Lease>> Lease(Turn turn, string worker, LeaseRequest request)
    {
        var asked = world.Agenda.Now;
        var slot = new SlotOffer(request.DeviceKind, request.MemoryGib);
        for (var current = view is { } recent && asked - recent.At < ViewAge ? recent : await Read(turn); ; current = await Read(turn))
        {
            if (current.IsCordoned(worker)) return new(null);
            foreach (var demand in FairShare.Order(current.Demands, slot).ToList())
            {
                var oneByOne = demand.MaxParallel is not null || (demand.Grouped && request.MaxGroup > 1);
                if (await world.Database.Claim(turn, demand.Sweep, oneByOne, worker, request) is not { } lease) continue;
                view?.Granted(demand.Sweep, lease.Experiments.Count);
                if (world.IsTraced) world.Say($"silo {silo.Number}: sweep {demand.Sweep} gets {worker}/{request.Slot}: {string.Join(", ", lease.Experiments.Select(one => $"experiment {one.Id} (fence {one.Fence}, place {one.Place} of {lease.GroupSize}, from {one.ResumeFrom?.Step ?? 0})"))}");
                return new(lease);
            }

            if (current.At >= asked) return new(null);
        }
    }

    private async Task<PoolView> Read(Turn turn)
    {
        var at = world.Agenda.Now;
        var demands = await world.Database.Do(turn, store => store.Demands(Scenario.Pool));
        return view = new(demands, await world.Database.Do(turn, store => store.Cordoned(Scenario.Pool)), at);
    }

    private void PlanLook() => world.Agenda.After(ReclaimPeriod, silo.Life, () => world.Start(async () =>
    {
        if (world.Agenda.Now - lastLook > Scenario.Term) BeSilent();
        lastLook = world.Agenda.Now;
        var turn = new Turn(silo.Life, () =>
        {
            BeSilent();
            PlanLook();
        });
        await Look(turn);
        PlanLook();
    }));

    private async Task Look(Turn turn)
    {
        var expired = await world.Database.Do(turn, store => store.Expired(Scenario.Pool, ReclaimBatch));
        if (world.Agenda.Now >= reclaimFrom)
        {
            foreach (var (lease, worker) in expired)
            {
                world.Start(() => silo.Report(new Turn(silo.Life), lease.Experiment, new ExperimentEvent.LeaseLost(lease.Fence, $"Worker {worker} was not heard of.")));
            }
        }

        await world.Database.Do(turn, store => store.EndBackoffs(Scenario.Pool));
        await MakeRoom(turn);
    }

    private async Task MakeRoom(Turn turn)
    {
        await world.Database.Do(turn, store =>
        {
            store.ReleasePaused(Scenario.Pool);
            return true;
        });
        var demands = await world.Database.Do(turn, store => store.Demands(Scenario.Pool));
        var wanting = demands.Where(demand => demand.Wants > 0).Select(demand => demand.Priority).DefaultIfEmpty(int.MinValue).Max();
        if (!demands.Any(demand => demand.Running > 0 && demand.Priority < wanting)) return;
        var idle = (await world.Database.Do(turn, store => store.Slots(Scenario.Pool))).Where(slot => slot is { Usable: true, Busy: false }).Select(slot => slot.Offer).ToList();
        var running = await world.Database.Do(turn, store => store.Running(Scenario.Pool));
        var victims = Preemption.Victims(demands, running, idle);
        if (victims.Count == 0) return;
        var asked = await world.Database.Do(turn, store => store.Release(worker: null, [.. victims.Select(victim => victim.Lease)], $"Its slot goes to a sweep of priority {wanting}."));
        world.Say($"silo {silo.Number}: {asked} experiments are asked to make room for priority {wanting}");
    }

    private void BeSilent() => reclaimFrom = world.Agenda.Now + Scenario.Term;
}
