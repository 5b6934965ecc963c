using ViViT.Contracts.Search;
using ViViT.Contracts.Specs;

namespace ViViT.Contracts.Tests.Search;

public sealed class StoppingRulesTests
{
    private static readonly StoppingSpec Asha = new() { Rule = StoppingRule.Asha };
    private static readonly StoppingSpec Hyperband = new() { Rule = StoppingRule.Hyperband };
    private static readonly StoppingSpec Median = new() { Rule = StoppingRule.Median };

    [Theory]
    [InlineData(1, 3, 81, "1 3 9 27")]
    [InlineData(1, 3, 82, "1 3 9 27 81")]
    [InlineData(2, 4, 60, "2 8 32")]
    [InlineData(60, 3, 60, "")]
    [InlineData(1_000_000_000, 10, int.MaxValue, "1000000000")]
    public void Milestones_rise_by_the_reduction_and_stay_below_the_last_epoch(int min, int reduction, int epochs, string milestones) =>
        Assert.Equal(milestones, string.Join(' ', StoppingRules.Milestones(Asha with { MinEpochs = min, Reduction = reduction }, 7, epochs)));

    [Fact]
    public void The_median_rule_looks_at_every_epoch() => Assert.Equal([1, 2, 3, 4], StoppingRules.Milestones(Median with { MinEpochs = 3 }, 0, 5));

    [Fact]
    public void Brackets_of_hyperband_begin_later_and_take_their_share_of_every_round()
    {
        var kinds = Enumerable.Range(0, 17 * 20).Select(ordinal => string.Join(' ', StoppingRules.Milestones(Hyperband, ordinal, 81))).ToArray();

        Assert.All(kinds.Chunk(17), round => Assert.Equal([("", 3), ("1 3 9 27", 9), ("3 9 27", 5)], round.CountBy(kind => kind).OrderBy(kind => kind.Key, StringComparer.Ordinal).Select(kind => (kind.Key, kind.Value))));
        Assert.True(kinds.Chunk(17).Select(round => string.Join('|', round)).Distinct().Count() > 15, "a fixed pattern would be a value of the grid");
    }

    [Fact]
    public void Nobody_is_stopped_before_as_many_came_as_one_is_chosen_of() =>
        Assert.Equal([false, false, true, false, true, true], Stops(Asha, (0, 1, 0.9), (1, 1, 0.1), (2, 1, 0.5), (3, 1, 0.95), (4, 1, 0.89), (5, 1, 0.85)));

    [Fact]
    public void With_a_loss_the_lower_ones_go_on() =>
        Assert.Equal([false, false, true, false], Stops(Asha with { Objective = new() { Metric = "validation/loss", Goal = Goal.Minimize } }, (0, 1, 0.2), (1, 1, 0.9), (2, 1, 0.5), (3, 1, 0.1)));

    [Fact]
    public void Equal_values_do_not_stop_each_other() => Assert.DoesNotContain(true, Stops(Asha, [.. Enumerable.Range(0, 30).Select(ordinal => (ordinal, 1, 0.5))]));

    [Fact]
    public void Only_the_same_milestone_counts() =>
        Assert.Equal([false, false, true, false, false], Stops(Asha, (0, 1, 0.9), (1, 1, 0.8), (2, 1, 0.7), (1, 3, 0.95), (0, 3, 0.1)));

    [Fact]
    public void Losses_of_other_data_sets_do_not_count()
    {
        List<Judgement> history = [];
        foreach (var ordinal in Enumerable.Range(0, 10)) history.Add(StoppingRules.Judge(Asha, history, new(ordinal, "vesselmnist3d", 1, 0.9)));

        Assert.False(StoppingRules.Judge(Asha, history, new(10, "adrenalmnist3d", 1, 0.6)).Stop);
        Assert.True(StoppingRules.Judge(Asha, history, new(10, "vesselmnist3d", 1, 0.6)).Stop);
    }

    [Fact]
    public void A_bracket_counts_its_own_alone()
    {
        int[] early = [.. Enumerable.Range(0, 60).Where(ordinal => StoppingRules.Milestones(Hyperband, ordinal, 81) is [1, ..])];
        int[] later = [.. Enumerable.Range(0, 60).Where(ordinal => StoppingRules.Milestones(Hyperband, ordinal, 81) is [3, ..])];

        Assert.Equal([false, false, false, true], Stops(Hyperband, (early[0], 3, 0.9), (early[1], 3, 0.9), (later[0], 3, 0.1), (early[2], 3, 0.1)));
        Assert.Equal([false, false, true, false], Stops(Hyperband, (later[0], 3, 0.9), (later[1], 3, 0.8), (later[2], 3, 0.1), (later[3], 1, 0.01)));
    }

    [Fact]
    public void The_median_rule_compares_the_best_so_far_with_the_mean_of_the_others()
    {
        // The others' means up to epoch 2: 0.45, 0.55, 0.65.
        (int, int, double)[] others = [(0, 1, 0.4), (0, 2, 0.5), (1, 1, 0.5), (1, 2, 0.6), (2, 1, 0.6), (2, 2, 0.7)];
        var spec = Median with { Startup = 3, MinEpochs = 2 };

        Assert.Equal([false, true], Stops(spec, [.. others, (3, 1, 0.3), (3, 2, 0.54)])[^2..]);
        Assert.Equal([false, false], Stops(spec, [.. others, (3, 1, 0.3), (3, 2, 0.56)])[^2..]);
        Assert.Equal([false, false], Stops(spec, [.. others, (3, 1, 0.56), (3, 2, 0.1)])[^2..]);
        Assert.Equal([false, false], Stops(spec with { Startup = 4 }, [.. others, (3, 1, 0.3), (3, 2, 0.1)])[^2..]);
        Assert.Equal([false, false], Stops(spec with { MinEpochs = 3 }, [.. others, (3, 1, 0.3), (3, 2, 0.1)])[^2..]);
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity)]
    public void What_is_no_number_is_stopped_and_the_worst_of_all(double value)
    {
        foreach (var spec in (StoppingSpec[])[Asha, Hyperband, Median with { Startup = 2 }])
        {
            Assert.Equal([true], Stops(spec, (0, 1, value)));
            Assert.Equal([true], Stops(spec, (0, 2, value)));
            Assert.Equal([true, true, false, false], Stops(spec with { Brackets = 2 }, (0, 1, value), (1, 1, value), (2, 1, 0.1), (3, 1, 0.1)));
        }
    }

    [Fact]
    public void What_was_stopped_stays_stopped_and_no_longer_counts()
    {
        (int, int, double)[] story = [(0, 1, 0.9), (1, 1, 0.8), (2, 1, 0.1), (2, 3, 0.99), (0, 3, 0.5), (1, 3, 0.4), (3, 3, 0.3)];

        Assert.Equal([false, false, true, true, false, false, true], Stops(Asha, story));
        Assert.Equal("at epoch 3 2 of 2 others were better than 0.3; the best 1 of 3 go on", Judged(Asha, story)[^1].Reason);
        Assert.Equal("it was stopped at epoch 1", Judged(Asha, story)[3].Reason);
    }

    [Fact]
    public void A_late_report_of_an_earlier_epoch_stops_nothing() =>
        Assert.Equal([false, false, false, false], Stops(Asha, (0, 1, 0.9), (1, 1, 0.8), (2, 3, 0.7), (2, 1, 0.1)));

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(16)]
    public void Halving_saves_two_thirds_of_the_epochs_at_an_equal_best_result(int workers)
    {
        var whole = Enumerable.Range(0, LearningCurves.Count).Max(LearningCurves.Last);
        var runs = Enumerable.Range(0, 25).Select(order => LearningCurves.Simulate(Asha with { MinEpochs = 6 }, workers, order)).ToArray();

        TestContext.Current.TestOutputHelper?.WriteLine($"{workers} workers: at most {runs.Max(run => run.Trained)} epochs of {LearningCurves.Count * LearningCurves.Epochs}, best {string.Join(' ', runs.Select(run => $"{run.Best - whole:0.0000}"))}");
        Assert.All(runs, run => Assert.InRange(run.Trained, LearningCurves.Count * 6, LearningCurves.Count * LearningCurves.Epochs / 3));
        Assert.All(runs, run => Assert.InRange(run.Best, whole - (2 * LearningCurves.Noise), whole)); // two curves of one quality end as far apart
        Assert.True(runs.Count(run => run.Best == whole) > runs.Length / 2);
    }

    [Fact]
    public void Hyperband_and_the_median_save_less_and_lose_no_more()
    {
        const int All = LearningCurves.Count * LearningCurves.Epochs;
        var whole = Enumerable.Range(0, LearningCurves.Count).Max(LearningCurves.Last);
        foreach (var (spec, most) in ((StoppingSpec, int)[])[(Hyperband with { MinEpochs = 3 }, All / 2), (Median with { MinEpochs = 3 }, All * 3 / 4)])
        {
            var runs = Enumerable.Range(0, 4).Select(order => LearningCurves.Simulate(spec, 4, order)).ToArray();
            TestContext.Current.TestOutputHelper?.WriteLine($"{spec.Rule}: at most {runs.Max(run => run.Trained)} epochs of {All}, best {string.Join(' ', runs.Select(run => $"{run.Best - whole:0.0000}"))}");
            Assert.All(runs, run => Assert.InRange(run.Trained, All / 10, most));
            Assert.All(runs, run => Assert.InRange(run.Best, whole - (2 * LearningCurves.Noise), whole));
        }
    }

    // Reports of curves in a random order, some twice, some with another value than before, some late, some of epochs that are no milestones.
    [Fact]
    public void Whatever_order_reports_come_in_none_is_judged_twice_and_nothing_that_was_decided_changes()
    {
        foreach (var spec in (StoppingSpec[])[Asha, Hyperband, Median with { Startup = 2 }, Asha with { Reduction = 4, MinEpochs = 2 }])
        {
            for (var seed = 0; seed < 12; seed++)
            {
                var random = new Random(seed);
                var (history, decided) = (new List<Judgement>(), new Dictionary<(int, int), Judgement>());
                for (var report = 0; report < 300; report++)
                {
                    var (curve, epoch) = (random.Next(20), random.Next(1, 28));
                    var judged = StoppingRules.Judge(spec, history, new(curve, $"{curve % 2}", epoch, random.Next(12) == 0 ? double.NaN : LearningCurves.Value(curve, epoch) + (random.NextDouble() / 10)));
                    if (decided.TryGetValue((curve, epoch), out var before))
                    {
                        Assert.Same(before, judged);
                        continue;
                    }

                    decided.Add((curve, epoch), judged);
                    history.Add(judged);
                    Assert.Equal((curve, epoch), (judged.Ordinal, judged.Epoch));
                }

                Assert.Equal(history.Count, history.DistinctBy(judged => (judged.Ordinal, judged.Epoch)).Count());
                Assert.All(history.GroupBy(judged => judged.Ordinal), own => Assert.DoesNotContain(false, own.Select(judged => judged.Stop).SkipWhile(stop => !stop)));

                // Read again from the start, each report with the history before it gives what was stored.
                Assert.All(Enumerable.Range(0, history.Count), at => Assert.Equal(
                    history[at], StoppingRules.Judge(spec, history[..at], new(history[at].Ordinal, history[at].Population, history[at].Epoch, history[at].Value))));
            }
        }
    }

    // The share that goes on may be above 1 / eta only by those who came before it was known, and each came better than what was there.
    [Fact]
    public void No_more_go_on_from_a_milestone_than_were_among_the_best_when_they_came()
    {
        for (var seed = 0; seed < 20; seed++)
        {
            var history = LearningCurves.Simulate(Asha, 8, seed).History;
            foreach (var rung in history.GroupBy(judged => judged.Epoch))
            {
                var came = new List<double>();
                foreach (var judged in rung)
                {
                    came.Add(judged.Value);
                    var best = came.OrderDescending().Take(Math.Max(came.Count / 3, came.Count < 3 ? came.Count : 1));
                    Assert.Equal(!best.Contains(judged.Value), judged.Stop);
                }
            }
        }
    }

    private static bool[] Stops(StoppingSpec spec, params (int Ordinal, int Epoch, double Value)[] reports) => [.. Judged(spec, reports).Select(judged => judged.Stop)];

    private static List<Judgement> Judged(StoppingSpec spec, params (int Ordinal, int Epoch, double Value)[] reports)
    {
        List<Judgement> history = [];
        foreach (var (ordinal, epoch, value) in reports) history.Add(StoppingRules.Judge(spec, history, new(ordinal, "shapes", epoch, value)));
        return history;
    }
}
