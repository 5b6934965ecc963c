using ViViT.Contracts.Experiments;
using ViViT.Contracts.Wire;
using ViViT.Simulation.Tests.Engine;

namespace ViViT.Simulation.Tests.Actors;

/// <summary>One life of a worker agent: its heartbeat and its slots, as HeartbeatLoop and SlotLoop.</summary>
internal sealed class Worker(World world, WorkerHost host, string name)
{
    private readonly Dictionary<Held, HeldLease> held = [];
    private int working;

    public string Name => name;

    /// <summary>Its clock may run fast or slow.</summary>
    public Life Life { get; } = new() { Pace = world.Dice.Of(1, 1, 0.8, 1.25) };

    /// <summary>It ends: saves what it has and hands it back.</summary>
    public bool IsClosing { get; private set; }

    public IReadOnlyList<SlotInfo> Slots { get; } =
        [.. Enumerable.Range(0, world.Scenario.SlotsPerWorker).Select(slot => new SlotInfo($"slot-{slot}", Scenario.DeviceKind, world.Scenario.MaxGroup, null))];

    public void Start()
    {
        world.Start(Beat);
        foreach (var slot in Slots) world.Start(() => Work(slot));
    }

    public void Close()
    {
        if (IsClosing) return;
        IsClosing = true;
        world.Say($"worker {name} closes");
    }

    /// <summary>Its machine is to blame for the death of the whole agent.</summary>
    public void Die() => host.Kill();

    public HeldLease Hold(Held lease) => held[lease] = new(lease);

    public void LetGo(HeldLease lease) => held.Remove(lease.Held);

    private async Task Beat()
    {
        while (true)
        {
            IReadOnlyList<Held> renewed = [];
            var reply = (await world.Network.UntilAnswered(Life, () => true, (silo, turn) =>
            {
                return silo.Heartbeat(turn, name, new(Scenario.Pool, "host", Slots, "cpu", "1", renewed = [.. held.Keys]));
            }))!;
            foreach (var lost in renewed.Where(one => reply.Lost.Contains(one.Experiment)))
            {
                if (held.Remove(lost, out var lease)) lease.Lose();
            }

            foreach (var wanted in reply.Release ?? [])
            {
                if (renewed.FirstOrDefault(one => one.Experiment == wanted.Experiment) is { } lease && held.TryGetValue(lease, out var asked)) asked.WhyWantedBack ??= wanted.Reason;
            }

            if (reply.Drain) Close();
            await world.Agenda.Wait(Life, Scenario.Term / 3);
        }
    }

    private async Task Work(SlotInfo slot)
    {
        working++;
        var maxGroup = slot.MaxGroup;
        while (!IsClosing)
        {
            var request = new LeaseRequest(Scenario.Pool, slot.Name, "cpu", slot.DeviceKind, maxGroup, 20);
            if (await world.Network.Ask(Life, (silo, turn) => silo.Lease(turn, name, request)) is not { Value: { } lease })
            {
                await world.Agenda.Wait(Life, world.Dice.Seconds(0.4, 2.4));
                continue;
            }

            maxGroup = slot.MaxGroup;
            if (lease.Measure is { } unknown)
            {
                await world.Agenda.Wait(Life, world.Dice.Seconds(0.2, 1));
                if (world.Dice.Chance(0.1)) maxGroup = 1;
                else await world.Network.UntilAnswered(Life, () => true, (silo, turn) => silo.Measured(turn, new(slot.DeviceKind, unknown.Shape, 2, [1, 2], [1, 2])));
            }
            else
            {
                await new Execution(world, this, lease).Run();
            }
        }

        if (--working > 0) return;
        world.Say($"worker {name} ends");
        Life.End();
        host.Replace();
    }
}

/// <summary>A lease on one experiment, as its worker sees it.</summary>
internal sealed class HeldLease(Held held)
{
    public Held Held => held;

    public bool IsLost { get; private set; }

    /// <summary>The server's reason; null as long as the lease is not wanted back.</summary>
    public string? WhyWantedBack { get; set; }

    /// <summary>Called when the lease is lost.</summary>
    public Action? OnLost { get; set; }

    public void Lose()
    {
        if (IsLost) return;
        IsLost = true;
        OnLost?.Invoke();
    }
}
