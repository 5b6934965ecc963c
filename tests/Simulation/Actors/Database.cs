using ViViT.Contracts;
using ViViT.Contracts.Wire;
using ViViT.Simulation.Tests.Engine;
using ViViT.Simulation.Tests.Store;

namespace ViViT.Simulation.Tests.Actors;

/// <summary>The way from a silo to the store and back: takes time, breaks before or after the statement, and is closed while the database is away.</summary>
internal sealed class Database(World world, StoreFault fault)
{
    private static readonly TimeSpan Fastest = TimeSpan.FromTicks(TimeSpan.TicksPerMillisecond / 4);

    /// <summary>Until when it answers nobody.</summary>
    public TimeSpan AwayUntil { get; set; }

    public bool ForgetsFences => fault == StoreFault.FenceUnchecked;

    public Answer<T> Do<T>(Turn turn, Func<SimulatedStore, T> statement)
    {
        var answer = new Answer<T>();
        var breaks = Breaks();

        // Half of the statements are so fast that nothing happens meanwhile.
        if (!breaks && world.Agenda.Now >= AwayUntil && world.Dice.Chance(0.5))
        {
            answer.Give(statement(world.Store));
            return answer;
        }

        world.Agenda.After(Latency(), Life.Eternal, () =>
        {
            if (world.Agenda.Now < AwayUntil || (breaks && world.Dice.Chance(0.5)))
            {
                world.Agenda.After(Latency(), turn.Life, turn.Fail);
                return;
            }

            var result = statement(world.Store);
            world.Agenda.After(Latency(), turn.Life, breaks ? turn.Fail : () => answer.Give(result));
        });
        return answer;
    }

    /// <summary>A claim is a transaction of two statements when grants of the sweep wait for each other: between them it holds a lock, unless its silo dies.</summary>
    public Answer<Lease?> Claim(Turn turn, SweepId sweep, bool oneByOne, string worker, LeaseRequest request)
    {
        if (!oneByOne) return Do(turn, store => store.Grant(sweep, worker, request, Scenario.Term));
        var (answer, claim, breaks) = (new Answer<Lease?>(), new object(), Breaks());
        world.Agenda.After(Latency(), Life.Eternal, Lock);
        return answer;

        void Lock()
        {
            if (world.Agenda.Now < AwayUntil)
            {
                world.Agenda.After(Latency(), turn.Life, turn.Fail);
            }
            else if (world.Store.LockBelowLimit(sweep, claim) is not { } below)
            {
                world.Agenda.After(Fastest, Life.Eternal, Lock);
            }
            else
            {
                world.Agenda.After(Latency(), Life.Eternal, () => Grant(below));
            }
        }

        void Grant(bool below)
        {
            if (!turn.Life.IsDead && turn.Life.StandsUntil > world.Agenda.Now)
            {
                world.Agenda.At(turn.Life.StandsUntil, Life.Eternal, () => Grant(below));
                return;
            }

            var cut = turn.Life.IsDead || world.Agenda.Now < AwayUntil;
            var lease = below && !cut ? world.Store.Grant(sweep, worker, request, Scenario.Term) : null;
            world.Store.Unlock(sweep, claim);
            world.Agenda.After(Latency(), turn.Life, cut || breaks ? turn.Fail : () => answer.Give(lease));
        }
    }

    private bool Breaks() => world.InTrouble && world.Dice.Chance(world.Scenario.BrokenStatements);

    private TimeSpan Latency() => world.Dice.Chance(0.05) ? world.Dice.Seconds(0, 0.3) : world.Dice.Seconds(0.0003, 0.01);
}
