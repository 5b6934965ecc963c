using ViViT.Contracts.Specs;

namespace ViViT.Contracts.Tests.Search;

/// <summary>What the estimator is worth: functions whose least value is known, 50 seeds each, against as many random points.</summary>
public sealed class ParzenSearchTests
{
    private const int Seeds = 50;

    [Fact]
    public void On_Branin_it_finds_lower_values_than_random_points_do() => Compare(
        50, "'training.learning_rate': {'min': -5, 'max': 10}, 'training.weight_decay': {'min': 0, 'max': 15}",
        spec => Branin(spec.Training.LearningRate, spec.Training.WeightDecay), least: 0.397887);

    [Fact]
    public void On_Hartmann_in_six_dimensions_it_finds_lower_values_than_random_points_do() => Compare(
        100, string.Join(", ", Settings.Select(path => $"'{path}': {{'min': 0, 'max': 1}}")), spec => Hartmann6(Place(spec)), least: -3.32237);

    private static readonly string[] Settings = ["model.dropout", "model.stochastic_depth", "training.learning_rate", "training.weight_decay", "training.momentum", "training.label_smoothing"];

    private static void Compare(int points, string space, Func<ExperimentSpec, double> function, double least)
    {
        double[] Best(string method) => [.. Enumerable.Range(0, Seeds).Select(seed =>
            Sweeps.Run(Sweeps.Search(method, points, space, $", 'seed': {seed}, 'parallel': 1, 'objective': {{'metric': 'validation/loss', 'goal': 'minimize'}}"), function).Min(one => one.Value) - least)];

        var (found, random) = (Best("tpe"), Best("random"));
        var better = found.Zip(random).Count(pair => pair.First < pair.Second);
        TestContext.Current.TestOutputHelper?.WriteLine($"{points} points: regret {Median(found):0.0000} against {Median(random):0.0000} of random; better in {better} of {Seeds}");
        Assert.All(found.Concat(random), regret => Assert.InRange(regret, -1e-4, double.MaxValue));
        Assert.True(Median(found) < 0.5 * Median(random));
        Assert.True(better >= 40);
    }

    private static double Median(double[] values) => (values.Order().ElementAt((values.Length / 2) - 1) + values.Order().ElementAt(values.Length / 2)) / 2;

    private static double[] Place(ExperimentSpec spec) =>
        [spec.Model.Dropout, spec.Model.StochasticDepth, spec.Training.LearningRate, spec.Training.WeightDecay, spec.Training.Momentum, spec.Training.LabelSmoothing];

    // Dixon and Szegö 1978.
    private static double Branin(double x, double y) =>
        Math.Pow(y - (5.1 / (4 * Math.PI * Math.PI) * x * x) + (5 / Math.PI * x) - 6, 2) + (10 * (1 - (1 / (8 * Math.PI))) * Math.Cos(x)) + 10;

    private static double Hartmann6(double[] x)
    {
        double[] height = [1.0, 1.2, 3.0, 3.2];
        double[][] narrowness = [[10, 3, 17, 3.5, 1.7, 8], [0.05, 10, 17, 0.1, 8, 14], [3, 3.5, 1.7, 10, 17, 8], [17, 8, 0.05, 10, 0.1, 14]];
        double[][] centre =
        [
            [0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886], [0.2329, 0.4135, 0.8307, 0.3736, 0.1004, 0.9991],
            [0.2348, 0.1451, 0.3522, 0.2883, 0.3047, 0.6650], [0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381],
        ];
        return -height.Select((high, hill) => high * Math.Exp(-narrowness[hill].Select((narrow, at) => narrow * Math.Pow(x[at] - centre[hill][at], 2)).Sum())).Sum();
    }
}
