using System.Text.Json;
using System.Text.RegularExpressions;
using ViViT.Contracts.DataSets;
using ViViT.Contracts.Specs.Rules;

namespace ViViT.Contracts.Specs;

/// <summary>Everything that can be known to be wrong with a sweep before anything runs. Pure; the CLI and the server ask the same question.</summary>
public static partial class SweepValidation
{
    private const int MostOfAGroup = 1024;

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

        if (sweep.Group.Size is < 1 or > MostOfAGroup)
        {
            problems.Add(new("group", $"{sweep.Group.Size} is no size of a group", $"Give auto, off, or 1 to {MostOfAGroup}."));
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
        var problems = TokenLearnerRules.CheckSweep(sweep).Select(problem => problem with { Path = Origin(sweep, problem.Path) }).ToHashSet();
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
        return
        [
            .. DataRules.Check(spec.Data, set),
            .. TokenizerRules.Check(spec.Model, set),
            .. EncoderRules.Check(spec.Model),
            .. TokenLearnerRules.Check(spec.Model),
            .. TrainingRules.Check(spec.Training),
            .. AugmentationRules.Check(spec.Training.Augmentation, set),
        ];
    }

    // A value that an axis sets is mended at the axis, not in the base experiment.
    private static string Origin(SweepSpec sweep, string path) => sweep.Grid.ContainsKey(path) ? $"grid.{path}" : $"experiment.{path}";

    private static bool Repeats(KeyValuePair<string, IReadOnlyList<JsonElement>> axis) =>
        axis.Value.DistinctBy(value => value.ToString()).Count() < axis.Value.Count;

    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}\z")]
    private static partial Regex NamePattern();
}
