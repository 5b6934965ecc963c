using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using ViViT.Contracts.Experiments;
using ViViT.Contracts.Scheduling;
using ViViT.Contracts.Specs;

namespace ViViT.Contracts.Tests;

/// <summary>What holds of the state machine and of the scheduler's rules whatever happens: thousands of random histories, the same ones each time.</summary>
public sealed partial class ExperimentPropertyTests
{
    private const int Histories = 1_500;
    private const int Events = 60;

    [Fact]
    public void No_history_breaks_the_rules_of_fences_states_and_attempts()
    {
        var allowed = MovesOfTheDatabase();
        var random = new Random(1);
        var seen = new HashSet<(ExperimentState, ExperimentState)>();
        for (var history = 0; history < Histories; history++)
        {
            var experiment = new Experiment { Id = new(history), State = random.Next(2) == 0 ? ExperimentState.Pending : ExperimentState.Queued, MaxAttempts = random.Next(1, 5), BatchSize = random.Next(1, 9), GroupLimit = random.Next(3) == 0 ? 1 : null };
            for (var number = 0; number < Events; number++)
            {
                var (e, before) = (Next(random, experiment), experiment);
                experiment = before.Apply(e);

                Assert.Equal(experiment, before.Apply(e));
                Assert.True(experiment.Fence >= before.Fence, $"{before} fell to fence {experiment.Fence} by {e}");
                Assert.InRange(experiment.Failures, 0, experiment.MaxAttempts);
                Assert.InRange(experiment.Accumulate, before.Accumulate, Math.Max(before.Accumulate, before.BatchSize));
                Assert.Equal(experiment.State == ExperimentState.Running, experiment.Worker is not null);
                Assert.True(experiment.State is not (ExperimentState.Failed or ExperimentState.Cancelled) || experiment.Reason is not null);
                if (experiment.State != before.State)
                {
                    seen.Add((before.State, experiment.State));
                    Assert.True(allowed.Contains((before.State, experiment.State)), $"the database does not allow {before.State} -> {experiment.State}, by {e}");
                    Assert.True(!before.State.IsFinal() || e is ExperimentEvent.Retried, $"{before.State} was left by {e}");
                    Assert.True(before.State != ExperimentState.Running || experiment.State == ExperimentState.Succeeded || e is ExperimentEvent.AttemptEnded || experiment.Fence > before.Fence, $"{e} took a lease away and left its fence");
                }

                if (e is ExperimentEvent.AttemptEnded { Outcome.Result: AttemptResult.Released }) Assert.Equal(before.Failures, experiment.Failures);
                if (experiment.State == ExperimentState.Queued && before.State == ExperimentState.Running) Assert.True(experiment.Fence > before.Fence);
                experiment = Stored(random, experiment);
            }
        }

        Assert.Equal(allowed.Order(), seen.Order());
    }

    [Fact]
    public void An_event_that_comes_twice_or_late_changes_nothing()
    {
        var random = new Random(2);
        for (var history = 0; history < Histories; history++)
        {
            var experiment = new Experiment { Id = new(history), State = ExperimentState.Queued, MaxAttempts = 4, BatchSize = 4 };
            List<ExperimentEvent> told = [];
            for (var number = 0; number < Events / 2; number++)
            {
                var (e, before) = (Next(random, experiment), experiment);
                experiment = Stored(random, experiment.Apply(e));
                if (e is ExperimentEvent.AttemptEnded or ExperimentEvent.LeaseLost || (e is ExperimentEvent.Granted && experiment != before)) told.Add(e);
                Assert.All(told.Where(late => late is ExperimentEvent.Granted || FenceOf(late) < experiment.Fence || experiment.State != ExperimentState.Running), late => Assert.Same(experiment, experiment.Apply(late)));
            }
        }
    }

    [Fact]
    public void The_order_of_the_queue_does_not_depend_on_the_order_of_the_question()
    {
        var random = new Random(3);
        for (var round = 0; round < Histories; round++)
        {
            var demands = Demands(random);
            var shuffled = demands.ToArray();
            random.Shuffle(shuffled);

            var order = FairShare.Order(demands, Slot).ToList();

            Assert.Equal(order, FairShare.Order(shuffled, Slot));
            Assert.Equal(order.Select(demand => demand.Priority).OrderDescending(), order.Select(demand => demand.Priority));
            Assert.Equal(demands.Where(demand => demand.Wants > 0 && Slot.Meets(demand.Needs)).ToHashSet(), order.ToHashSet());
        }
    }

    [Fact]
    public void Shares_converge_to_the_weights_and_nobody_gets_less_than_his_whole_slots()
    {
        var random = new Random(4);
        for (var round = 0; round < Histories / 10; round++)
        {
            var demands = Enumerable.Range(1, random.Next(2, 6)).Select(id => new SweepDemand(new(id), 0, random.Next(1, 9) / 2.0, null, new(), 0, 10_000)).ToList();
            var (slots, weights) = (random.Next(1, 200), demands.Sum(demand => demand.Weight));

            // Slots come free one by one, some of them again.
            for (var grants = 0; grants < slots; grants++) Grant();
            for (var changes = 0; changes < 3 * slots; changes++)
            {
                var freed = random.Next(demands.Count);
                if (demands[freed].Running == 0) continue;
                demands[freed] = demands[freed] with { Running = demands[freed].Running - 1 };
                Grant();
            }

            Assert.All(demands, demand => Assert.True(demand.Running >= Math.Floor(slots * demand.Weight / weights), $"{demand} of {slots} slots, weights {weights}"));
            Assert.All(demands, demand => Assert.InRange(demand.Running, (slots * demand.Weight / weights) - 1, (slots * demand.Weight / weights) + demands.Count));

            void Grant()
            {
                var first = demands.IndexOf(FairShare.Order(demands, Slot).First());
                demands[first] = demands[first] with { Running = demands[first].Running + 1 };
            }
        }
    }

    [Fact]
    public void Preemption_takes_from_the_lower_only_and_no_more_than_it_takes()
    {
        var random = new Random(5);
        var taken = 0;
        for (var round = 0; round < Histories; round++)
        {
            var demands = Demands(random);
            RunningLease[] running = [.. Enumerable.Range(1, random.Next(8)).Select(group => new RunningLease(new(100 + group), group, random.Next(-2, 3), Slot, random.Next(4) == 0, DateTimeOffset.UnixEpoch.AddSeconds(random.Next(100))))];
            SlotOffer[] idle = [.. Enumerable.Repeat(Slot, random.Next(3))];

            var victims = Preemption.Victims(demands, running, idle);

            taken += victims.Count;
            var wanting = demands.Where(demand => demand.Wants > 0 && Slot.Meets(demand.Needs)).ToList();
            Assert.Equal(victims.Count, victims.Distinct().Count());
            Assert.All(victims, victim => Assert.False(victim.Releasing));
            Assert.All(victims, victim => Assert.Contains(wanting, demand => demand.Priority > victim.Priority));
            Assert.True(victims.Count + idle.Length + running.Count(lease => lease.Releasing) <= Math.Max(idle.Length + running.Count(lease => lease.Releasing), wanting.Sum(demand => (long)demand.Wants)));

            // The lowest go first: whoever stays while it could have gone is no lower than any that goes.
            var stay = running.Where(lease => !lease.Releasing).Except(victims);
            Assert.All(stay, lease => Assert.All(victims, victim => Assert.True(lease.Priority >= victim.Priority)));
        }

        Assert.True(taken > Histories / 10);
    }

    private static SlotOffer Slot => new("gpu", 16);

    private static List<SweepDemand> Demands(Random random) =>
    [
        .. Enumerable.Range(1, random.Next(1, 7)).Select(id => new SweepDemand(
            new(id), random.Next(-2, 3), random.Next(1, 5), random.Next(3) == 0 ? random.Next(1, 4) : null, random.Next(5) == 0 ? new ResourceSpec { MemoryGib = 80 } : new(), random.Next(5), random.Next(4))),
    ];

    private static ExperimentEvent Next(Random random, Experiment experiment)
    {
        var fence = experiment.Fence + random.Next(-2, 2) * random.Next(2);
        return random.Next(12) switch
        {
            0 => new ExperimentEvent.Submitted(),
            1 or 2 or 3 => new ExperimentEvent.Granted("w", experiment.Fence + random.Next(3)),
            4 or 5 => new ExperimentEvent.LeaseLost(fence, "silent"),
            6 => new ExperimentEvent.StoppedByRule("worse"),
            7 => new ExperimentEvent.Cancelled("by ada"),
            8 => new ExperimentEvent.Retried("again"),
            9 => new ExperimentEvent.AttemptEnded(fence, new(random.Next(2) == 0 ? AttemptResult.Succeeded : AttemptResult.Released)),
            _ => new ExperimentEvent.AttemptEnded(fence, new(AttemptResult.Failed, (FailureClass)random.Next((int)FailureClass.Infrastructure + 1), "broke")),
        };
    }

    // A grant puts it into a group, which the row remembers and Apply does not decide.
    private static Experiment Stored(Random random, Experiment experiment) =>
        experiment is { State: ExperimentState.Running, GroupSize: null } ? experiment with { GroupSize = experiment.GroupLimit ?? random.Next(1, 6) } : experiment;

    private static long FenceOf(ExperimentEvent e) => e switch
    {
        ExperimentEvent.AttemptEnded ended => ended.Fence,
        ExperimentEvent.LeaseLost lost => lost.Fence,
        _ => long.MaxValue,
    };

    // The last definition of the trigger experiment_moves.
    private static HashSet<(ExperimentState, ExperimentState)> MovesOfTheDatabase([CallerFilePath] string here = "")
    {
        var migrations = Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "src", "Storage", "Migrations");
        var definition = Directory.GetFiles(migrations, "*.sql").Order(StringComparer.Ordinal).Select(File.ReadAllText)
            .SelectMany(sql => Definition().Matches(sql)).Last().Value;
        return [.. Move().Matches(definition).Select(move => (Enum.Parse<ExperimentState>(move.Groups[1].Value, ignoreCase: true), Enum.Parse<ExperimentState>(move.Groups[2].Value, ignoreCase: true)))];
    }

    [GeneratedRegex(@"function experiment_moves\(\) returns trigger.*?\$\$;", RegexOptions.Singleline)]
    private static partial Regex Definition();

    [GeneratedRegex(@"\('(\w+)', '(\w+)'\)")]
    private static partial Regex Move();
}
