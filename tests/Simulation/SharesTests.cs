using ViViT.Contracts.Experiments;
using ViViT.Simulation.Tests.Store;

namespace ViViT.Simulation.Tests;

/// <summary>Who gets the slots when there are not enough: the whole of scheduler, claims and workers, with nothing going wrong.</summary>
public sealed class SharesTests
{
    private const int Seeds = 40;

    [Fact]
    public void Sweeps_of_one_priority_get_slots_by_their_weights()
    {
        for (var seed = 0; seed < Seeds; seed++)
        {
            double[] weights = [1, 1 + (seed % 2), 1 + (seed % 3)];
            var (samples, slots) = (0, new double[weights.Length]);

            var world = World.Run(Scenario.Crowded(seed, (int)weights.Sum(), weights.Select(weight => PlannedSweep.Large(weight, priority: 0, TimeSpan.Zero))), look: world =>
            {
                // Once all have come, as long as all of them want more.
                if (world.Agenda.Now < TimeSpan.FromSeconds(3) || world.Store.Sweeps.Count < weights.Length || !world.Store.Sweeps.Values.All(HasWaiting)) return;
                samples++;
                foreach (var (index, sweep) in world.Store.Sweeps.Values.Index()) slots[index] += SimulatedStore.RunningLeases(sweep);
            });

            Assert.Null(world.Violation);
            Assert.True(samples > 10);
            foreach (var (weight, taken) in weights.Zip(slots)) Assert.InRange(taken / samples, weight - 0.6, weight + 0.6);
        }
    }

    [Fact]
    public void A_sweep_of_higher_priority_gets_every_slot_and_the_others_go_on_after_it_without_a_loss()
    {
        var preempted = 0;
        for (var seed = 0; seed < Seeds; seed++)
        {
            var (since, looks) = ((TimeSpan?)null, 0);

            var world = World.Run(Scenario.Crowded(seed, slots: 3, PlannedSweep.Large(1, 0, TimeSpan.Zero), PlannedSweep.Large(2, -1, TimeSpan.Zero), PlannedSweep.Large(1, 1, TimeSpan.FromSeconds(4))), look: world =>
            {
                var urgent = world.Store.Sweeps.Values.FirstOrDefault(sweep => sweep.Priority == 1 && HasWaiting(sweep));
                since = urgent is null ? null : since ?? world.Agenda.Now;

                // A second until somebody looks, a heartbeat, a step and its checkpoint.
                if (since is null || world.Agenda.Now - since < TimeSpan.FromSeconds(6)) return;
                looks++;
                Assert.All(world.Store.Sweeps.Values.Where(sweep => sweep.Priority < 1), sweep => Assert.Equal(0, SimulatedStore.RunningLeases(sweep)));
            });

            Assert.Null(world.Violation);
            Assert.True(looks > 5);
            var others = world.Store.Sweeps.Values.Where(sweep => sweep.Priority < 1).SelectMany(sweep => sweep.Experiments).ToList();
            preempted += others.Sum(e => e.Attempts.Count(attempt => attempt.Ending!.Class == FailureClass.Preempted));
            Assert.All(others, e => Assert.Equal((ExperimentState.Succeeded, 0), (e.State, e.Failures)));
        }

        Assert.True(preempted > Seeds);
    }

    [Fact]
    public void One_that_kills_its_workers_fails_and_holds_up_nobody()
    {
        var seen = 0;
        for (var seed = 0; seed < 4 * Seeds; seed++)
        {
            var scenario = Scenario.Crowded(seed, slots: 2, PlannedSweep.Large(1, 0, TimeSpan.Zero) with { HasTroubledExperiments = true });

            var world = World.Run(scenario);

            Assert.Null(world.Violation);
            foreach (var e in world.Store.Experiments.Values.Where(e => world.FateOf(e) == Actors.Fate.Poisons))
            {
                seen++;
                Assert.Equal((ExperimentState.Failed, e.MaxAttempts, e.MaxAttempts), (e.State, e.Failures, e.Attempt));
            }

            Assert.All(world.Store.Experiments.Values.Where(e => world.FateOf(e) == Actors.Fate.Trains), e => Assert.Equal((ExperimentState.Succeeded, 0), (e.State, e.Failures)));
        }

        Assert.True(seen > Seeds);
    }

    private static bool HasWaiting(StoredSweep sweep) => sweep.Experiments.Exists(e => e.IsOffered);
}
