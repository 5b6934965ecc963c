using ViViT.Simulation.Tests.Engine;

namespace ViViT.Simulation.Tests.Actors;

/// <summary>A pod that runs a silo, and starts it anew when it dies.</summary>
internal sealed class SiloHost(World world, int number)
{
    public Silo Current { get; private set; } = null!;

    public void Start()
    {
        Current = new Silo(world, number);
        world.Say($"silo {number} starts");
        Current.Start();
    }

    public void Kill()
    {
        if (Current.Life.IsDead) return;
        world.Say($"silo {number} dies");
        Current.Life.End();
        world.Agenda.After(world.Dice.Seconds(0.5, 4), Life.Eternal, Start);
    }

    /// <summary>It stands still. The others take it for dead when it does so for long, and it ends when it learns of that.</summary>
    public void Pause(TimeSpan time)
    {
        var paused = Current;
        world.Say($"silo {number} stands still for {time.TotalSeconds:0.0} s");
        paused.Life.StandsUntil = world.Agenda.Now + time;
        if (time < Silo.TakenForDead) return;
        world.Agenda.After(Silo.TakenForDead, Life.Eternal, () => paused.IsEvicted = true);
        world.Agenda.After(time + world.Dice.Seconds(0, 2), Life.Eternal, () =>
        {
            if (paused == Current) Kill();
        });
    }
}
