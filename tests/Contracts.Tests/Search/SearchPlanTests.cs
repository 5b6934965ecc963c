using System.Text.Json;
using ViViT.Contracts.Search;
using ViViT.Contracts.Specs;

namespace ViViT.Contracts.Tests.Search;

public sealed class SearchPlanTests
{
    private const string Space =
        "'training.learning_rate': {'min': 1e-5, 'max': 1e-1, 'scale': 'log'}, 'model.layers': {'min': 1, 'max': 12}, 'training.batch_size': {'min': 8, 'max': 256, 'scale': 'log'}, 'training.optimiser': {'values': ['adam', 'adamw', 'sgd']}";

    [Fact]
    public void A_grid_is_decided_at_once()
    {
        var sweep = Sweeps.Of("'grid': {'model.width': [64, 128, 256]}, 'seeds': 2");

        Assert.Equal(6, SearchPlan.Total(sweep));
        Assert.Equal(SweepExpansion.Expand(sweep).Select(cell => cell.Spec), SearchPlan.Next(sweep, 0, []).Select(cell => cell.Spec));
        Assert.Equal([4, 5], SearchPlan.Next(sweep, 4, []).Select(cell => cell.Ordinal));
        Assert.Empty(SearchPlan.Next(sweep, 6, [new(0, 1)]));
        Assert.Throws<ArgumentException>(() => new SearchRun(sweep));
        Assert.Throws<ArgumentException>(() => SweepExpansion.Expand(Sweeps.Search("random", 3, Space)));
    }

    [Theory]
    [InlineData("random")]
    [InlineData("sobol")]
    public void Points_that_need_no_results_are_decided_at_once_and_lie_within_their_ranges(string method)
    {
        var sweep = Sweeps.Search(method, 200, Space);
        var cells = SearchPlan.Next(sweep, 0, []);

        Assert.Empty(SweepValidation.Check(sweep));
        Assert.Equal((200, 200), (cells.Count, SearchPlan.Total(sweep)));
        Assert.Equal(Enumerable.Range(0, 200), cells.Select(cell => cell.Ordinal));
        Assert.All(cells, cell =>
        {
            Assert.Equal((0, 4), (cell.Informed, cell.Axes.Count));
            Assert.InRange(cell.Spec.Training.LearningRate, 1e-5, 1e-1);
            Assert.InRange(cell.Spec.Model.Layers, 1, 12);
            Assert.InRange(cell.Spec.Training.BatchSize, 8, 256);
            Assert.Equal(cell.Axes["model.layers"], $"{cell.Spec.Model.Layers}");
        });
        Assert.Equal(200, cells.Select(cell => cell.Spec).Distinct().Count());
        Assert.InRange(cells.Count(cell => cell.Spec.Training.LearningRate < 1e-3), 80, 120);
        Assert.InRange(cells.Count(cell => cell.Spec.Training.BatchSize < 46), 80, 120);
        Assert.All(Enumerable.Range(1, 12), layers => Assert.InRange(cells.Count(cell => cell.Spec.Model.Layers == layers), 6, 32));
        Assert.All(Enum.GetValues<Optimiser>(), kind => Assert.InRange(cells.Count(cell => cell.Spec.Training.Optimiser == kind), 50, 85));
        Assert.NotEqual(cells.Select(cell => cell.Spec), SearchPlan.Next(Sweeps.Search(method, 200, Space, ", 'seed': 1"), 0, []).Select(cell => cell.Spec));
    }

    [Fact]
    public void A_space_of_few_points_is_tried_whole_and_none_twice()
    {
        const string Few = "'model.layers': {'min': 3, 'max': 7}, 'training.optimiser': {'values': ['adam', 'sgd']}, 'training.augmentation.turn': {'min': 0, 'max': 1, 'integer': true}";

        Assert.All(["random", "sobol", "tpe"], method => Assert.Equal(20, Sweeps.Run(Sweeps.Search(method, 20, Few), spec => spec.Model.Layers).Select(one => one.Cell.Spec).Distinct().Count()));
    }

    [Fact]
    public void The_order_of_the_names_does_not_matter()
    {
        var (there, back) = (Sweeps.Search("tpe", 20, Space), Sweeps.Search("tpe", 20, string.Join("}, ", Space.TrimEnd('}').Split("}, ").Reverse()) + "}"));

        Assert.NotEqual(there.Search!.Space.Keys, back.Search!.Space.Keys);
        Assert.Equal(Lines(Sweeps.Run(there, Value).Select(one => one.Cell)), Lines(Sweeps.Run(back, Value).Select(one => one.Cell)));
    }

    [Fact]
    public void An_estimator_keeps_as_many_points_unfinished_as_it_may()
    {
        var sweep = Sweeps.Search("tpe", 9, Space, ", 'parallel': 3, 'startup': 2");

        Assert.Equal([0, 1, 2], Ordinals(0, []));
        Assert.Empty(Ordinals(3, []));
        Assert.Equal([3], Ordinals(3, [new(1, 0.5)]));
        Assert.Equal([3, 4, 5], Ordinals(3, [new(1, 0.5), new(0, null), new(2, double.NaN)]));
        Assert.Empty(Ordinals(9, [.. Enumerable.Range(0, 9).Select(ordinal => new SearchResult(ordinal, 0.5))]));
        Assert.Equal([0, 0, 0, 1, 2, 3, 4, 5, 6], SearchPlan.Next(sweep, 0, [.. Enumerable.Range(0, 9).Select(ordinal => new SearchResult(ordinal, 0.5))]).Select(cell => cell.Informed));

        IEnumerable<int> Ordinals(int known, SearchResult[] results) => SearchPlan.Next(sweep, known, results).Select(cell => cell.Ordinal);
    }

    [Fact]
    public void A_point_is_finished_when_all_its_seeds_are_and_worth_their_mean()
    {
        var sweep = Sweeps.Of("'seeds': [5, 6], 'search': {'method': 'tpe', 'experiments': 30, 'parallel': 1, 'startup': 4, 'space': {'model.dropout': {'min': 0, 'max': 1}}}");

        Assert.Equal(60, SearchPlan.Total(sweep));
        Assert.Equal([5, 6], SearchPlan.Next(sweep, 0, []).Select(cell => cell.Spec.Seed));
        Assert.Empty(SearchPlan.Next(sweep, 2, [new(1, 1)]));
        Assert.Equal([2, 3], SearchPlan.Next(sweep, 2, [new(1, 1), new(0, 1)]).Select(cell => cell.Ordinal));

        // Where one seed does well the other does badly: only their mean says where it is good.
        var run = Sweeps.Run(sweep, spec => spec.Seed == 5 ? (10 * spec.Model.Dropout) - Math.Abs(spec.Model.Dropout - 0.7) : -10 * spec.Model.Dropout);
        Assert.All(run.Chunk(2), pair => Assert.Equal(pair[0].Cell.Spec.Model.Dropout, pair[1].Cell.Spec.Model.Dropout));
        Assert.InRange(run.Skip(40).Average(one => one.Cell.Spec.Model.Dropout), 0.55, 0.85);
    }

    [Fact]
    public void Points_without_a_value_are_the_worst()
    {
        var run = Sweeps.Run(Sweeps.Search("tpe", 40, "'model.dropout': {'min': 0, 'max': 1}", ", 'parallel': 2"), spec => spec.Model.Dropout < 0.5 ? double.NaN : 0.1);

        Assert.InRange(run.Skip(20).Count(one => one.Cell.Spec.Model.Dropout >= 0.5), 16, 20);
    }

    [Fact]
    public void Without_any_value_it_goes_on_over_the_whole_space()
    {
        var run = Sweeps.Run(Sweeps.Search("tpe", 40, "'model.dropout': {'min': 0, 'max': 1}"), _ => double.NaN);

        Assert.All(Enumerable.Range(0, 4), quarter => Assert.Equal(10, run.Count(one => (int)(one.Cell.Spec.Model.Dropout * 4) == quarter)));
    }

    [Fact]
    public void Of_a_list_and_of_whole_numbers_it_finds_the_best()
    {
        var run = Sweeps.Run(
            Sweeps.Search("tpe", 60, "'training.optimiser': {'values': ['adam', 'adamw', 'sgd']}, 'model.layers': {'min': 1, 'max': 32}, 'training.batch_size': {'min': 1, 'max': 1024, 'scale': 'log'}"),
            spec => (spec.Training.Optimiser == Optimiser.AdamW ? 1 : 0) - (Math.Abs(spec.Model.Layers - 20) / 20.0) - (Math.Abs(Math.Log2(spec.Training.BatchSize) - 3) / 5));

        Assert.InRange(run.Skip(40).Count(one => one.Cell.Spec.Training.Optimiser == Optimiser.AdamW), 14, 20);
        Assert.InRange(run.Max(one => one.Value), 0.8, 1);
    }

    // Ends are stored in any order, some twice; the plan is asked at random times, at times with a fresh memory, as after a crash.
    [Fact]
    public void Whenever_and_however_often_it_is_asked_a_stored_history_gives_the_same_cells()
    {
        for (var seed = 0; seed < 20; seed++)
        {
            var random = new Random(seed);
            var sweep = Sweeps.Of($"'seeds': {1 + (seed % 3)}, 'search': {{'method': 'tpe', 'experiments': 25, 'seed': {seed}, 'parallel': {1 + (seed % 5)}, 'startup': 4, 'space': {{{Space}}}}}");
            var (cells, results, run) = (new List<Cell>(), new List<SearchResult>(), new SearchRun(sweep));
            while (results.Select(result => result.Ordinal).Distinct().Count() < SearchPlan.Total(sweep))
            {
                if (random.Next(3) == 0) run = new SearchRun(sweep);
                if (cells.Count == 0 || random.Next(2) == 0) cells.AddRange(run.Next(cells.Count, results));
                var open = Enumerable.Range(0, cells.Count).Except(results.Select(result => result.Ordinal)).ToArray();
                if (open.Length == 0)
                {
                    cells.AddRange(run.Next(cells.Count, results));
                    continue;
                }

                var ended = open[random.Next(open.Length)];
                results.Add(new(ended, random.Next(8) == 0 ? null : Value(cells[ended].Spec)));
                if (random.Next(6) == 0) results.Add(results[random.Next(results.Count)] with { Value = random.NextDouble() });
            }

            cells.AddRange(SearchPlan.Next(sweep, cells.Count, results));
            Assert.Equal(SearchPlan.Total(sweep), cells.Count);
            Assert.Equal(Lines(cells), Lines(SearchPlan.Next(sweep, 0, results)));
            Assert.Equal(Lines(cells.Skip(7)), Lines(SearchPlan.Next(sweep, 7, results)));
        }
    }

    [Fact]
    public void A_stored_search_gives_the_cells_of_the_submitted_one()
    {
        var sweep = Sweeps.Search("tpe", 30, Space);
        var stored = JsonSerializer.Deserialize<SweepSpec>(JsonSerializer.Serialize(sweep, ContractsJson.Options), ContractsJson.Options)!;

        Assert.Equal(Lines(Sweeps.Run(sweep, Value).Select(one => one.Cell)), Lines(Sweeps.Run(stored, Value).Select(one => one.Cell)));
    }

    private static double Value(ExperimentSpec spec) => -Math.Abs(Math.Log10(spec.Training.LearningRate) + 3) - (spec.Model.Layers / 10.0);

    private static IEnumerable<string> Lines(IEnumerable<Cell> cells) => cells.Select(cell => $"{cell.Ordinal} {cell.Informed} {string.Join(' ', cell.Axes)} {JsonSerializer.Serialize(cell.Spec, ContractsJson.Options)}");
}
