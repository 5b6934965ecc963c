using System.Text.Json;
using System.Text.RegularExpressions;
using ViViT.Contracts.DataSets;

namespace ViViT.Contracts.Specs;

/// <summary>Everything that can be known to be wrong with a sweep before anything runs. Pure; the CLI and the server ask the same question.</summary>
public static partial class SweepValidation
{
    /// <summary>All problems found; empty for a sound sweep. Cells are checked one by one, each problem is told once.</summary>
    public static IReadOnlyList<SpecProblem> Check(SweepSpec sweep)
    {
        var problems = new List<SpecProblem>();
        if (!NamePattern().IsMatch(sweep.Name))
        {
            problems.Add(new("name", $"'{sweep.Name}' is not a name", "Use 1 to 100 letters, digits, '.', '_' or '-', a letter or digit first."));
        }

        if (!NamePattern().IsMatch(sweep.Pool))
        {
            problems.Add(new("pool", $"'{sweep.Pool}' is not a pool's name", "Use 1 to 100 letters, digits, '.', '_' or '-', a letter or digit first."));
        }

        if (sweep.MaxAttempts is < 1 or > 100)
        {
            problems.Add(new("max_attempts", $"{sweep.MaxAttempts} is out of range", "Give 1 to 100."));
        }

        problems.AddRange(sweep.Grid.Where(axis => axis.Value.Count == 0).Select(axis =>
            new SpecProblem($"grid.{axis.Key}", "the axis holds no value", "List at least one, e.g. [1e-3, 3e-4], or remove the axis.")));
        problems.AddRange(sweep.Grid.Where(Repeats).Select(axis =>
            new SpecProblem($"grid.{axis.Key}", "the axis holds a value twice", "List each value once; replicates differ in their seed.")));
        if (problems.Count == 0 && SweepExpansion.Count(sweep) > SweepExpansion.MaxCells)
        {
            problems.Add(new("grid", $"more than {SweepExpansion.MaxCells:N0} cells", "Split the grid over several sweeps."));
        }

        return problems.Count > 0 ? problems : CheckCells(sweep);
    }

    private static List<SpecProblem> CheckCells(SweepSpec sweep)
    {
        var problems = new HashSet<SpecProblem>();
        try
        {
            foreach (var cell in SweepExpansion.Expand(sweep))
            {
                problems.UnionWith(CheckExperiment(cell.Spec).Select(problem => problem with { Path = Origin(sweep, problem.Path) }));
            }
        }
        catch (JsonException wrongAxis)
        {
            problems.Add(new("grid", wrongAxis.Message, "An axis is a dotted path into the experiment, e.g. training.learning_rate."));
        }

        return [.. problems];
    }

    /// <summary>What is wrong with one experiment; paths are relative to the experiment.</summary>
    public static IEnumerable<SpecProblem> CheckExperiment(ExperimentSpec spec)
    {
        var set = DataSetCatalogue.Find(spec.Data.Name);
        if (set is null)
        {
            yield return new("data.name", $"there is no data set '{spec.Data.Name}'",
                Spelling.Suggest(spec.Data.Name, [.. DataSetCatalogue.All.Select(known => known.Name)]));
        }

        foreach (var problem in Positive(("data.limit", spec.Data.Limit ?? 1), ("model.width", spec.Model.Width), ("model.layers", spec.Model.Layers),
            ("model.heads", spec.Model.Heads), ("model.mlp_ratio", spec.Model.MlpRatio), ("training.epochs", spec.Training.Epochs),
            ("training.batch_size", spec.Training.BatchSize), ("training.log_every_steps", spec.Training.LogEverySteps),
            ("training.checkpoint_every_steps", spec.Training.CheckpointEverySteps)))
        {
            yield return problem;
        }

        if (spec.Model.Heads > 0 && spec.Model.Width % spec.Model.Heads != 0)
        {
            yield return new("model.heads", $"{spec.Model.Heads} heads do not divide a width of {spec.Model.Width}", "Choose a width that is a multiple of the heads.");
        }

        if (spec.Model.Dropout is not (>= 0 and < 1))
        {
            yield return new("model.dropout", $"{spec.Model.Dropout} is no probability of dropping", "Give at least 0 and less than 1.");
        }

        if (!(spec.Training.LearningRate > 0 && double.IsFinite(spec.Training.LearningRate)))
        {
            yield return new("training.learning_rate", $"{spec.Training.LearningRate} is no step size", "Give a number above 0, e.g. 1e-4.");
        }

        var (t, h, w) = spec.Model.Patch;
        var size = set?.Size ?? int.MaxValue;
        if (t < 1 || h < 1 || w < 1 || t > size || h > size || w > size)
        {
            yield return new("model.patch", $"a patch of {spec.Model.Patch} does not fit the volume",
                set is null ? "Give at least 1 along each axis." : $"Give 1 to {size} along each axis: the volumes of {set.Name} have {size} voxels a side.");
        }
    }

    private static IEnumerable<SpecProblem> Positive(params (string Path, int Value)[] settings) =>
        settings.Where(setting => setting.Value < 1).Select(setting => new SpecProblem(setting.Path, $"{setting.Value} is not above 0", "Give a whole number from 1."));

    // A value that an axis sets is mended at the axis, not in the base experiment.
    private static string Origin(SweepSpec sweep, string path) => sweep.Grid.ContainsKey(path) ? $"grid.{path}" : $"experiment.{path}";

    private static bool Repeats(KeyValuePair<string, IReadOnlyList<JsonElement>> axis) =>
        axis.Value.DistinctBy(value => value.ToString()).Count() < axis.Value.Count;

    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}\z")]
    private static partial Regex NamePattern();
}
