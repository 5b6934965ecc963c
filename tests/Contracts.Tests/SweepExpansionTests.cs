using System.Text.Json;
using ViViT.Contracts.Specs;

namespace ViViT.Contracts.Tests;

public sealed class SweepExpansionTests
{
    private static SweepSpec Sweep(params (string Path, object[] Values)[] axes) => new()
    {
        Name = "study",
        Experiment = new() { Data = new() { Name = "adrenalmnist3d" } },
        Grid = axes.ToDictionary(axis => axis.Path, axis => (IReadOnlyList<JsonElement>)[.. axis.Values.Select(value => JsonSerializer.SerializeToElement(value, ContractsJson.Options))]),
    };

    [Fact]
    public void The_product_of_the_axes_is_the_sweep_and_the_last_axis_varies_fastest()
    {
        var cells = SweepExpansion.Expand(Sweep(("training.learning_rate", [1e-3, 1e-4]), ("model.tokenizer", [Tokenizer.Tubelet, Tokenizer.UniformFrameSampling]))).ToArray();

        Assert.Equal(
            [(1e-3, Tokenizer.Tubelet), (1e-3, Tokenizer.UniformFrameSampling), (1e-4, Tokenizer.Tubelet), (1e-4, Tokenizer.UniformFrameSampling)],
            cells.Select(cell => (cell.Spec.Training.LearningRate, cell.Spec.Model.Tokenizer)));
        Assert.Equal([0, 1, 2, 3], cells.Select(cell => cell.Ordinal));
        Assert.Equal("uniform_frame_sampling", cells[1].Axes["model.tokenizer"]);
    }

    [Fact]
    public void Without_axes_the_base_experiment_is_the_only_cell()
    {
        Assert.Equal("adrenalmnist3d", Assert.Single(SweepExpansion.Expand(Sweep())).Spec.Data.Name);
    }

    [Fact]
    public void What_the_grid_does_not_name_stays_as_the_base_says()
    {
        var sweep = Sweep(("seed", [1, 2]));
        sweep = sweep with { Experiment = sweep.Experiment with { Training = new() { Epochs = 3 } } };

        Assert.All(SweepExpansion.Expand(sweep), cell => Assert.Equal(3, cell.Spec.Training.Epochs));
    }

    [Fact]
    public void Learning_rate_and_seed_share_a_group_and_the_tokenizer_does_not()
    {
        var cells = SweepExpansion.Expand(Sweep(("training.learning_rate", [1e-3, 1e-4]), ("seed", [0, 1]), ("model.tokenizer", [Tokenizer.Tubelet, Tokenizer.UniformFrameSampling])));

        Assert.Equal([4, 4], cells.GroupBy(cell => cell.GroupKey).Select(group => group.Count()));
    }

    [Fact]
    public void A_sound_study_has_no_problems()
    {
        Assert.Empty(SweepValidation.Check(Sweep(("data.name", ["adrenalmnist3d", "vesselmnist3d"]))));
    }

    [Theory]
    [InlineData("data.name", "adrenalmnist", "grid.data.name: there is no data set 'adrenalmnist'. Did you mean 'adrenalmnist3d'?")]
    [InlineData("training.learning_rate", 0.0, "grid.training.learning_rate: 0 is no step size. Give a number above 0, e.g. 1e-4.")]
    [InlineData("model.heads", 7, "grid.model.heads: 7 heads do not divide a width of 128. Choose a width that is a multiple of the heads.")]
    [InlineData("model.patch", 32, "grid.model.patch: a patch of 32 does not fit the volume. Give 1 to 28 along each axis: the volumes of adrenalmnist3d have 28 voxels a side.")]
    public void A_bad_value_is_told_where_it_stands(string axis, object value, string expected)
    {
        Assert.Equal(expected, Assert.Single(SweepValidation.Check(Sweep((axis, [value])))).ToString());
    }

    [Fact]
    public void An_empty_axis_is_refused()
    {
        Assert.Equal("grid.seed: the axis holds no value. List at least one, e.g. [1e-3, 3e-4], or remove the axis.", Assert.Single(SweepValidation.Check(Sweep(("seed", [])))).ToString());
    }

    [Fact]
    public void An_axis_that_is_no_setting_is_refused()
    {
        var problem = Assert.Single(SweepValidation.Check(Sweep(("training.learning_rat", [1e-3]))));

        Assert.Contains("learning_rat", problem.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_grid_beyond_all_measure_is_refused_without_expanding_it()
    {
        var axis = Enumerable.Range(0, 1000).Select(value => (object)value).ToArray();
        var huge = Sweep(("seed", axis), ("training.epochs", axis), ("training.batch_size", axis));

        Assert.Equal("grid: more than 100,000 cells. Split the grid over several sweeps.", Assert.Single(SweepValidation.Check(huge)).ToString());
    }
}
