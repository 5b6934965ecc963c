using System.Text.Json;
using ViViT.Contracts;
using ViViT.Contracts.Specs;
using ViViT.Training.Schedules;

namespace ViViT.Training.Tests;

public class LearningRateScheduleTests
{
    private const int PerEpoch = 10;
    private const int Total = 100;

    public static MatrixTheoryData<ScheduleKind, double> KindsAndWarmups =>
        new(Enum.GetValues<ScheduleKind>(), [0, 0.25, 2.5, 10, 12]);

    [Fact]
    public void A_constant_rate_is_constant_after_a_linear_warm_up()
    {
        var schedule = new ScheduleSpec { WarmupEpochs = 2.5 };

        Assert.Equal([1.0 / 25, 2.0 / 25, 24.0 / 25, 1, 1, 1], Factors(schedule, 1, 2, 24, 25, 26, Total));
        Assert.All(Factors(new ScheduleSpec(), 1, 2, Total), factor => Assert.Equal(1, factor));
    }

    [Fact]
    public void A_cosine_falls_from_the_end_of_the_warm_up_to_zero_at_the_last_step()
    {
        var schedule = new ScheduleSpec { Kind = ScheduleKind.Cosine, WarmupEpochs = 2 };

        // A quarter, a half and three quarters of the 80 steps after the warm-up.
        double[] expected = [0.05, 0.95, 1, (1 + Math.Sqrt(0.5)) / 2, 0.5, (1 - Math.Sqrt(0.5)) / 2, 0];
        Assert.All(expected.Zip(Factors(schedule, 1, 19, 20, 40, 60, 80, Total)), pair => Assert.Equal(pair.First, pair.Second, 1e-12));
    }

    [Fact]
    public void Steps_drop_the_rate_at_the_first_step_of_each_so_manieth_epoch()
    {
        var schedule = new ScheduleSpec { Kind = ScheduleKind.Step, EveryEpochs = 3, Factor = 0.5 };

        Assert.Equal([1, 1, 0.5, 0.5, 0.25, 0.125, 0.125], Factors(schedule, 1, 30, 31, 60, 61, 91, Total));
        Assert.Equal([0.1, 0.5, 0.5], Factors(schedule with { WarmupEpochs = 1 }, 1, 5, 31));
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 0.2)]
    [InlineData(3, 0.008)]
    public void A_plateau_drops_the_rate_as_often_as_it_is_told(int drops, double expected)
    {
        var schedule = new ScheduleSpec { Kind = ScheduleKind.Plateau, Factor = 0.2, WarmupEpochs = 1 };

        Assert.Equal(expected, LearningRateSchedule.Factor(schedule, 50, PerEpoch, Total, drops), 1e-12);
        Assert.Equal(expected / 2, LearningRateSchedule.Factor(schedule, 5, PerEpoch, Total, drops), 1e-12);
    }

    [Theory]
    [MemberData(nameof(KindsAndWarmups))]
    public void No_factor_is_below_zero_or_above_one_and_it_rises_only_in_the_warm_up(ScheduleKind kind, double warmup)
    {
        var schedule = new ScheduleSpec { Kind = kind, WarmupEpochs = warmup, EveryEpochs = 20 };
        var factors = Factors(schedule, [.. Enumerable.Range(1, Total)]);

        Assert.All(factors, factor => Assert.InRange(factor, 0, 1));
        for (var step = 2; step <= Total; step++)
        {
            var rises = factors[step - 1] > factors[step - 2];
            Assert.True(step - 1 < warmup * PerEpoch ? rises : !rises, $"{kind}: {factors[step - 2]} at step {step - 1}, then {factors[step - 1]}.");
        }

        Assert.True(factors[0] > 0);
    }

    private static double[] Factors(ScheduleSpec schedule, params int[] steps) =>
        [.. steps.Select(step => LearningRateSchedule.Factor(schedule, step, PerEpoch, Total, drops: 0))];
}

public class PlateauTests
{
    private static readonly ScheduleSpec Schedule = new() { Kind = ScheduleKind.Plateau, PlateauEpochs = 2 };

    [Theory]
    [InlineData(new[] { 3.0, 2, 1 }, 1.0, 0, 0)]
    [InlineData(new[] { 1.0, 2 }, 1.0, 1, 0)]
    [InlineData(new[] { 1.0, 2, 2 }, 1.0, 0, 1)]
    [InlineData(new[] { 1.0, 1, 1 }, 1.0, 0, 1)]
    [InlineData(new[] { 1.0, 2, 0.5, 2 }, 0.5, 1, 0)]
    [InlineData(new[] { 1.0, 2, 2, 2 }, 1.0, 1, 1)]
    [InlineData(new[] { 1.0, 2, 2, 2, 2, 0.9 }, 0.9, 0, 2)]
    [InlineData(new[] { 1.0, double.NaN, double.PositiveInfinity }, 1.0, 0, 1)]
    public void Hand_made_histories_come_out(double[] losses, double? best, int badEpochs, int drops)
    {
        Assert.Equal(new Plateau(best, badEpochs, drops), losses.Aggregate(Plateau.Start, (plateau, loss) => plateau.After(Schedule, loss)));
    }

    [Fact]
    public void Losses_that_are_no_numbers_count_as_bad_from_the_start()
    {
        Assert.Equal(new Plateau(null, 0, 1), Plateau.Start.After(Schedule, double.NaN).After(Schedule, double.PositiveInfinity));
    }

    [Fact]
    public void Schedules_of_other_kinds_stay_where_they_are()
    {
        var other = Schedule with { Kind = ScheduleKind.Cosine };

        Assert.Equal(Plateau.Start, Plateau.Start.After(other, 1).After(other, 2).After(other, 3));
    }

    [Fact]
    public void It_survives_the_way_through_a_checkpoint()
    {
        foreach (var plateau in (Plateau[])[Plateau.Start, new(0.1 + 0.2, 3, 4)])
        {
            var text = JsonSerializer.Serialize(plateau, ContractsJson.Options);

            Assert.Equal(plateau, JsonSerializer.Deserialize<Plateau>(text, ContractsJson.Options));
        }
    }
}
