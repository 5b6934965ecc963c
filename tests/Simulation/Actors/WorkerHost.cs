using ViViT.Simulation.Tests.Engine;

namespace ViViT.Simulation.Tests.Actors;

/// <summary>A machine with a worker, which it starts anew, under another name, when it ends.</summary>
internal sealed class WorkerHost(World world, int number)
{
    private int incarnation;

    public Worker Current { get; private set; } = null!;

    public void Start()
    {
        Current = new Worker(world, this, $"w{number}-{++incarnation}");
        world.Say($"worker {Current.Name} starts");
        Current.Start();
    }

    public void Kill()
    {
        if (Current.Life.IsDead) return;
        world.Say($"worker {Current.Name} dies");
        Current.Life.End();
        Replace();
    }

    /// <summary>It stands still, perhaps for longer than its leases live, and then goes on as if nothing had been.</summary>
    public void Pause(TimeSpan time)
    {
        world.Say($"worker {Current.Name} stands still for {time.TotalSeconds:0.0} s");
        Current.Life.StandsUntil = world.Agenda.Now + time;
    }

    /// <summary>After its end.</summary>
    public void Replace() => world.Agenda.After(world.Dice.Seconds(0.5, 3), Life.Eternal, Start);
}
