using ViViT.Contracts.Specs;

namespace ViViT.Contracts.Tests.Search;

/// <summary>What is taken from a grid, added to it, and repeated.</summary>
public sealed class GridCellsTests
{
    private const string Grid = "'grid': {'training.learning_rate': [1e-3, 1e-4], 'model.tokenizer': ['tubelet', 'uniform_frame_sampling']}";

    [Fact]
    public void A_cell_that_has_all_values_of_an_entry_is_left_out_and_the_others_close_up()
    {
        var sweep = Sweeps.Of($"{Grid}, 'exclude': [{{'training.learning_rate': 0.001, 'model.tokenizer': 'tubelet'}}]");

        Assert.Equal(["0.001 uniform_frame_sampling", "0.0001 tubelet", "0.0001 uniform_frame_sampling"], Texts(sweep));
        Assert.Equal([0, 1, 2], SweepExpansion.Expand(sweep).Select(cell => cell.Ordinal));
        Assert.Equal(3, SweepExpansion.Count(sweep));
        Assert.Empty(SweepValidation.Check(sweep));
    }

    [Fact]
    public void An_entry_of_one_axis_leaves_out_all_cells_of_that_value() =>
        Assert.Equal(["0.0001 tubelet"], Texts(Sweeps.Of($"{Grid}, 'exclude': [{{'training.learning_rate': 1e-3}}, {{'model.tokenizer': 'uniform_frame_sampling'}}]")));

    [Fact]
    public void A_value_is_the_same_however_it_is_written() =>
        Assert.Equal(["4"], Texts(Sweeps.Of("'grid': {'model.patch': [8, 4]}, 'exclude': [{'model.patch': [8, 8, 8]}]")));

    [Fact]
    public void What_is_included_comes_last_and_tells_the_grid_s_axes_too()
    {
        var sweep = Sweeps.Of($"{Grid}, 'include': [{{'training.learning_rate': 5e-4}}, {{'model.width': 256, 'training.clip_norm': 1}}]");
        var added = SweepExpansion.Expand(sweep).Skip(4).ToArray();

        Assert.Empty(SweepValidation.Check(sweep));
        Assert.Equal([4, 5], added.Select(cell => cell.Ordinal));
        Assert.Equal((5e-4, 128), (added[0].Spec.Training.LearningRate, added[0].Spec.Model.Width));
        Assert.Equal((1e-4, 256, 1.0), (added[1].Spec.Training.LearningRate, added[1].Spec.Model.Width, added[1].Spec.Training.ClipNorm));
        Assert.Equal("training.learning_rate=0.0005 model.tokenizer=tubelet", Pairs(added[0]));
        Assert.Equal("training.learning_rate=0.0001 model.tokenizer=tubelet model.width=256 training.clip_norm=1", Pairs(added[1]));
    }

    [Fact]
    public void Without_a_grid_what_is_included_is_the_sweep()
    {
        var sweep = Sweeps.Of("'include': [{'model.width': 64}, {}]");

        Assert.Equal([64, 128], SweepExpansion.Expand(sweep).Select(cell => cell.Spec.Model.Width));
        Assert.Equal(2, SweepExpansion.Count(sweep));
        Assert.Empty(SweepValidation.Check(sweep));
    }

    [Theory]
    [InlineData("3", "0 1 2")]
    [InlineData("[7, 5]", "7 5")]
    public void Every_cell_is_repeated_with_each_seed_and_the_seed_varies_fastest(string seeds, string listed)
    {
        var sweep = Sweeps.Of($"'grid': {{'model.width': [64, 128]}}, 'include': [{{'model.width': 192}}], 'seeds': {seeds}");
        var wanted = listed.Split(' ').Select(int.Parse).ToArray();
        var cells = SweepExpansion.Expand(sweep).ToArray();

        Assert.Empty(SweepValidation.Check(sweep));
        Assert.Equal(from width in (int[])[64, 128, 192] from seed in wanted select (width, seed), cells.Select(cell => (cell.Spec.Model.Width, cell.Spec.Seed)));
        Assert.Equal(Enumerable.Range(0, 3 * wanted.Length), cells.Select(cell => cell.Ordinal));
        Assert.Equal(cells.Length, SweepExpansion.Count(sweep));
        Assert.All(cells, cell => Assert.Equal(["model.width", "seed"], cell.Axes.Keys));
        Assert.Equal($"{wanted[1]}", cells[1].Axes["seed"]);
        Assert.Single(cells.Take(wanted.Length).Select(cell => cell.GroupKey).Distinct());
    }

    [Fact]
    public void Seeds_survive_the_wire_as_they_were_written()
    {
        Assert.Equal("{\"a\":3,\"b\":[1,2]}", System.Text.Json.JsonSerializer.Serialize(new Dictionary<string, SeedSetting> { ["a"] = new(3), ["b"] = new(0, [1, 2]) }, ContractsJson.Options));
        Assert.Equal([4, 9], Enumerable.Range(0, 2).Select(replicate => Sweeps.Of("'seeds': [4, 9]").Seeds!.Value[replicate]));
    }

    [Theory]
    [InlineData("'exclude': [{'model.width': 64}]", "exclude.0.model.width: model.width is no axis of the grid. Known: training.learning_rate, model.tokenizer.")]
    [InlineData("'exclude': [{'training.learning_rat': 1e-3}]", "exclude.0.training.learning_rat: training.learning_rat is no axis of the grid. Did you mean 'training.learning_rate'?")]
    [InlineData("'exclude': [{'training.learning_rate': 1e-3, 'model.tokenizer': 'tubelet'}, {'training.learning_rate': 2e-3}]", "exclude.1.training.learning_rate: it leaves nothing out: the axis has no value 2e-3. Known: 1e-3, 1e-4.")]
    [InlineData("'exclude': [{'model.tokenizer': 3}]", "exclude.0.model.tokenizer: 3 is no value of model.tokenizer. Give one as below experiment.")]
    [InlineData("'exclude': [{}]", "exclude.0: it says nothing, and would leave every cell out. Name an axis and one of its values, e.g. {training.learning_rate: 1e-3}.")]
    [InlineData("'exclude': [{'model.tokenizer': 'tubelet'}, {'model.tokenizer': 'uniform_frame_sampling'}]", "exclude: it leaves no cell. Take an entry away, or include a cell.")]
    [InlineData("'seeds': 2, 'exclude': [{'seed': 1}]", "exclude.0.seed: seeds are replicates and no axis. Leave the seed out of seeds, or list it in grid.seed instead.")]
    [InlineData("'include': [{'model.widht': 64}]", "include.0.model.widht: 'model.widht' is no setting of an experiment. Did you mean 'model.width'?")]
    [InlineData("'include': [{'model.width': 'wide'}]", "include.0.model.width: wide is no value of model.width. Give one as below experiment.")]
    [InlineData("'include': [{'model.width': null}]", "include.0.model.width: null is no value of model.width. Give one as below experiment.")]
    [InlineData("'include': [{'model.width': 100}]", "experiment.model.heads: 8 heads do not divide a width of 100. Choose a width that is a multiple of the heads.")]
    [InlineData("'include': [{'model.heads': 4}, {'model.heads': 7}]", "include.1.model.heads: 7 heads do not divide a width of 128. Choose a width that is a multiple of the heads.")]
    [InlineData("'include': [{'model.width': 64}, {'training.learning_rate': 1e-3}]", "include.1: the sweep has this cell already. Take it away, or give it a value of its own.")]
    [InlineData("'include': [{'model.width': 64}, {'model.width': 64}]", "include.1: the sweep has this cell already. Take it away, or give it a value of its own.")]
    [InlineData("'seeds': 2, 'include': [{'seed': 1}]", "include.0.seed: the cell is repeated with the sweep's seeds. Leave seed out here, or list the seeds in grid.seed instead.")]
    [InlineData("'seeds': 0", "seeds: 0 seeds. Give 1 to 1000, or list them, e.g. [1, 2, 3].")]
    [InlineData("'seeds': 2000000000", "seeds: 2000000000 seeds. Give 1 to 1000, or list them, e.g. [1, 2, 3].")]
    [InlineData("'seeds': []", "seeds: 0 seeds. Give 1 to 1000, or list them, e.g. [1, 2, 3].")]
    [InlineData("'seeds': [1, 2, 1]", "seeds: a seed is listed twice. List each once: the same seed gives the same result.")]
    public void What_makes_no_sense_is_told_with_its_remedy(string rest, string problem) => Assert.Equal([problem], Sweeps.Problems($"{Grid}, {rest}"));

    [Fact]
    public void Seeds_beside_an_axis_of_seeds_are_refused() =>
        Assert.Equal(["grid.seed: the sweep has seeds as well. Give seeds, or the axis seed: not both."], Sweeps.Problems("'grid': {'seed': [1, 2]}, 'seeds': 2"));

    [Fact]
    public void Too_many_replicates_are_refused_without_expanding_them() =>
        Assert.Equal(["grid: more than 100,000 cells. Split the grid over several sweeps."], Sweeps.Problems($"'grid': {{'training.epochs': [{string.Join(',', Enumerable.Range(1, 101))}]}}, 'seeds': 1000"));

    [Theory]
    [InlineData("'priority': 101", "priority: 101 is out of range. Give -100 to 100.")]
    [InlineData("'priority': -2147483648", "priority: -2147483648 is out of range. Give -100 to 100.")]
    [InlineData("'weight': 0", "weight: 0 is no share. Give a number above 0, up to 1000, e.g. 2.")]
    [InlineData("'weight': 'NaN'", "weight: NaN is no share. Give a number above 0, up to 1000, e.g. 2.")]
    [InlineData("'weight': 1001", "weight: 1001 is no share. Give a number above 0, up to 1000, e.g. 2.")]
    [InlineData("'max_parallel': 0", "max_parallel: 0 is not above 0. Give a whole number from 1.")]
    [InlineData("'resources': {'memory_gib': 0}", "resources.memory_gib: 0 is no size of a memory. Give a number above 0, e.g. 16.")]
    [InlineData("'resources': {'device': ''}", "resources.device: a kind of device has 1 to 100 letters. Give a part of its name, e.g. H200, or leave it out: any.")]
    public void What_a_pool_cannot_give_is_refused(string rest, string problem) => Assert.Equal([problem], Sweeps.Problems(rest));

    [Fact]
    public void What_a_pool_can_give_is_sound() =>
        Assert.Empty(Sweeps.Problems("'priority': -100, 'weight': 0.01, 'max_parallel': 1, 'resources': {'memory_gib': 0.5, 'device': 'H200'}"));

    private static IEnumerable<string> Texts(SweepSpec sweep) => SweepExpansion.Expand(sweep).Select(cell => string.Join(' ', cell.Axes.Values.Select(value => value == "1e-3" ? "0.001" : value == "1e-4" ? "0.0001" : value)));

    private static string Pairs(Cell cell) => string.Join(' ', cell.Axes.Select(axis => $"{axis.Key}={(axis.Value == "5e-4" ? "0.0005" : axis.Value)}"));
}
