using ViViT.Simulation.Tests.Engine;

namespace ViViT.Simulation.Tests.Actors;

/// <summary>HTTP between workers, users and silos: late, out of order, doubled, lost on the way there or back.</summary>
internal sealed class Network(World world)
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(2);

    /// <returns>The answer; null when none came in time, or the silo failed to give one.</returns>
    public Answer<T?> Ask<T>(Life caller, Func<Silo, Turn, Task<T>> handle)
        where T : class
    {
        var answer = new Answer<T?>();
        var silo = world.Silos[world.Dice.Below(world.Silos.Count)].Current;
        Deliver();
        if (world.InTrouble && world.Dice.Chance(world.Scenario.Duplicates)) Deliver();
        if (!world.Scenario.IsCalm) world.Agenda.After(Timeout, caller, () => answer.Give(null));   // what is calm always answers
        return answer;

        void Deliver()
        {
            if (!Lost()) world.Agenda.After(Latency(), silo.Life, () => world.Start(Handle));
        }

        async Task Handle()
        {
            var turn = new Turn(silo.Life, () => Reply(null));
            Reply(await handle(silo, turn));
        }

        void Reply(T? reply)
        {
            if (!Lost()) world.Agenda.After(Latency(), caller, () => answer.Give(reply));
        }
    }

    /// <summary>Asks until there is an answer, or nobody wants it any more.</summary>
    public async Task<T?> UntilAnswered<T>(Life caller, Func<bool> isWanted, Func<Silo, Turn, Task<T>> handle)
        where T : class
    {
        for (var pause = 0.1; isWanted(); pause = Math.Min(2, pause * 2))
        {
            if (await Ask(caller, handle) is { } answer) return answer;
            await world.Agenda.Wait(caller, world.Dice.Seconds(pause / 2, pause));
        }

        return null;
    }

    private bool Lost() => world.InTrouble && world.Dice.Chance(world.Scenario.Loss);

    private TimeSpan Latency() => world.InTrouble && world.Dice.Chance(world.Scenario.Slowness) ? world.Dice.Seconds(1, 6) : world.Dice.Seconds(0.0005, 0.02);
}
