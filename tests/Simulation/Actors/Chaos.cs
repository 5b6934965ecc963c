using ViViT.Contracts.Experiments;
using ViViT.Simulation.Tests.Engine;

namespace ViViT.Simulation.Tests.Actors;

/// <summary>Kills and stops processes, takes the database away, until the trouble ends; then operators put everything right.</summary>
internal static class Chaos
{
    public static void Unleash(World world)
    {
        if (!world.Scenario.IsCalm) Next(world);
        Operate(world);
    }

    private static void Next(World world) => world.Agenda.After(world.Dice.Seconds(0, 2 * world.Scenario.ChaosEvery.TotalSeconds), Life.Eternal, () =>
    {
        if (!world.InTrouble) return;
        var worker = world.Workers[world.Dice.Below(world.Workers.Count)];
        var silo = world.Silos[world.Dice.Below(world.Silos.Count)];
        switch (world.Dice.Below(9))
        {
            case 0 or 1:
                worker.Kill();
                break;
            case 2 or 3:
                worker.Pause(world.Dice.Seconds(0.5, 2.5 * Scenario.Term.TotalSeconds));
                break;
            case 4:
                worker.Current.Close();
                break;
            case 5:
                world.Say($"worker {worker.Current.Name} is to drain");
                world.Store.Drain(worker.Current.Name);
                break;
            case 6:
                silo.Kill();
                break;
            case 7:
                silo.Pause(world.Dice.Seconds(0.5, 2 * Scenario.Term.TotalSeconds));
                break;
            default:
                var away = world.Dice.Seconds(0.2, 1.5 * Scenario.Term.TotalSeconds);
                world.Say($"the database is away for {away.TotalSeconds:0.0} s");
                world.Database.AwayUntil = world.Agenda.Now + away;
                break;
        }

        Next(world);
    });

    // Somebody looks after cordoned workers, sooner or later.
    private static void Operate(World world) => world.Agenda.After(TimeSpan.FromSeconds(5), Life.Eternal, () =>
    {
        foreach (var worker in world.Store.Workers.Values.Where(worker => worker.CordonReason is not null)) world.Store.Cordon(worker.Name, reason: null);
        world.Audit.CheckStops();
        Operate(world);
    });
}
