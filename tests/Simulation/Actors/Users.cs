using ViViT.Contracts;
using ViViT.Contracts.Experiments;
using ViViT.Contracts.Sweeps;
using ViViT.Contracts.Wire;
using ViViT.Simulation.Tests.Engine;

namespace ViViT.Simulation.Tests.Actors;

/// <summary>Submit their sweeps, steer them for as long as there is trouble, and let go on in the end what they paused.</summary>
internal static class Users
{
    public static void Arrive(World world)
    {
        foreach (var plan in world.Scenario.Sweeps) world.Agenda.At(plan.At, Life.Eternal, () => Submit(world, plan));
        if (world.Scenario.UsersEvery is not { } mean) return;
        Next(world, mean);
        world.Agenda.At(world.Scenario.TroubleEnds, Life.Eternal, () => ResumeAll(world));
    }

    // The number is the submission's: repeating it makes no second sweep.
    private static void Submit(World world, PlannedSweep plan)
    {
        var id = world.Store.NextSweepId();
        world.Submitted[id] = plan;
        world.Say($"sweep {id} is submitted: {plan.Cells.Count} cells of {plan.Spec.Search?.Experiments ?? plan.Cells.Count}, group {plan.Spec.Group}, priority {plan.Spec.Priority}, max_parallel {plan.Spec.MaxParallel}, {plan.Spec.MaxAttempts} attempts, bulk {plan.Bulk}, stopping {plan.Spec.Stopping?.Rule}");
        world.Start(() => world.Network.UntilAnswered(Life.Eternal, () => true, (_, _) => OnSeat(world, id, (seat, turn) => seat.Submit(turn, plan))));
    }

    private static void Next(World world, TimeSpan mean) => world.Agenda.After(world.Dice.Seconds(0, 2 * mean.TotalSeconds), Life.Eternal, () =>
    {
        if (!world.InTrouble) return;
        if (world.Submitted.Count > 0) Wish(world, new(1 + world.Dice.Below(world.Submitted.Count)));
        Next(world, mean);
    });

    private static void Wish(World world, SweepId id)
    {
        if (!world.Store.Sweeps.TryGetValue(id.Value, out var sweep)) return;
        var some = sweep.Experiments[world.Dice.Below(sweep.Experiments.Count)].Id;
        switch (world.Dice.Below(12))
        {
            case 0 or 1 or 2:
                Ask("pause", (seat, turn) => seat.Pause(turn));
                break;
            case 3 or 4 or 5:
                Ask("resume", (seat, turn) => seat.Resume(turn));
                break;
            case 6:
                Ask("cancel", (seat, turn) => seat.Cancel(turn));
                break;
            case 7 or 8:
                Ask("retry --failed", (seat, turn) => seat.RetryFailed(turn));
                break;
            case 9:
                Ask($"retry experiment {some} of", (seat, turn) => seat.Retry(turn, some));
                break;
            case 10:
                world.Say($"user: cancel experiment {some}");
                world.Start(() => world.Network.Ask(Life.Eternal, (silo, turn) => silo.Report(turn, some, new ExperimentEvent.Cancelled("By its user."))).Task());
                break;
            default:
                var priority = world.Dice.Below(5) - 2;
                world.Say($"user: priority {priority} of sweep {id}");
                world.Store.SetPriority(id, priority);
                break;
        }

        void Ask(string what, Func<SweepSeat, Turn, Task<ReportReply>> wish)
        {
            world.Say($"user: {what} sweep {id}");
            world.Start(() => world.Network.Ask(Life.Eternal, (_, _) => OnSeat(world, id, wish)).Task());
        }
    }

    // A pause that was asked for before may still be on its way.
    private static void ResumeAll(World world)
    {
        foreach (var sweep in world.Store.Sweeps.Values.Where(sweep => sweep.State == SweepState.Paused))
        {
            world.Say($"user: resume sweep {sweep.Id}");
            world.Start(() => world.Network.Ask(Life.Eternal, (_, _) => OnSeat(world, sweep.Id, (seat, turn) => seat.Resume(turn))).Task());
        }

        world.Agenda.After(TimeSpan.FromSeconds(3), Life.Eternal, () => ResumeAll(world));
    }

    // A grain's call goes where the grain lives, and is lost with that silo.
    private static async Task<ReportReply> OnSeat(World world, SweepId id, Func<SweepSeat, Turn, Task<ReportReply>> call)
    {
        var owner = world.OwnerOf(id);
        var answer = new Answer<ReportReply>();
        world.Agenda.After(world.Dice.Seconds(0.0005, 0.01), owner.Life, () => world.Start(async () => answer.Give(await call(owner.Sweep(id), new Turn(owner.Life)))));
        return await answer;
    }
}
