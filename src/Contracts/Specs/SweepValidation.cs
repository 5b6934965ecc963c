using System.Text.Json;
using System.Text.RegularExpressions;
using ViViT.Contracts.DataSets;
using ViViT.Contracts.Search;
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

        if (sweep.Description?.Contains('\0', StringComparison.Ordinal) is true)
        {
            problems.Add(new("description", "it holds a NUL character", "Leave that out."));
        }

        if (sweep.MaxAttempts is < 1 or > 100)
        {
            problems.Add(new("max_attempts", $"{sweep.MaxAttempts} is out of range", "Give 1 to 100."));
        }

        if (sweep.Group.Size is < 1 or > MostOfAGroup)
        {
            problems.Add(new("group", $"{sweep.Group.Size} is no size of a group", $"Give auto, off, or 1 to {MostOfAGroup}."));
        }

        problems.AddRange(QueueRules.Check(sweep));
        problems.AddRange(GridRules.Check(sweep));
        if (sweep.Search is { } search) problems.AddRange(SearchRules.Check(sweep, search));
        if (sweep.Stopping is { } stopping) problems.AddRange(EarlyStopRules.Check(stopping));
        if (problems.Count == 0 && sweep.Search is null) problems.AddRange(CheckGrid(sweep));
        return problems.Count > 0 ? problems : CheckCells(sweep);
    }

    private static IEnumerable<SpecProblem> CheckGrid(SweepSpec sweep)
    {
        try
        {
            return GridRules.CheckCount(sweep);
        }
        catch (JsonException wrongAxis)
        {
            return [WrongAxis(wrongAxis)];
        }
    }

    private static List<SpecProblem> CheckCells(SweepSpec sweep)
    {
        var problems = TokenLearnerRules.CheckSweep(sweep).Select(problem => problem with { Path = Origin(sweep, problem.Path, null) }).ToHashSet();
        try
        {
            var longest = 0;
            var known = sweep.Include.Count > 0 ? new HashSet<ExperimentSpec>() : null;
            var (replicates, added) = (sweep.Seeds?.Count ?? 1, SearchPlan.Total(sweep));
            foreach (var cell in sweep.Search is { } search ? SearchRules.Samples(sweep, search) : SweepExpansion.Expand(sweep))
            {
                // Those that were added come last.
                int? entry = sweep.Search is null && sweep.Include.Count - ((added - cell.Ordinal - 1) / replicates) - 1 is >= 0 and var number ? number : null;
                longest = Math.Max(longest, cell.Spec.Training.Epochs);
                problems.UnionWith(CheckExperiment(cell.Spec).Select(problem => problem with { Path = Origin(sweep, problem.Path, entry) }));
                if (known?.Add(cell.Spec) == false && entry is not null) problems.Add(new($"include.{entry}", "the sweep has this cell already", "Take it away, or give it a value of its own."));
            }

            if (sweep.Stopping is { } stopping) problems.UnionWith(EarlyStopRules.CheckLength(stopping, longest));
        }
        catch (JsonException wrongAxis)
        {
            problems.Add(WrongAxis(wrongAxis));
        }

        // Of a space, points without end may be unsound for one and the same reason.
        return sweep.Search is null ? [.. problems] : [.. problems.DistinctBy(problem => problem.Path)];
    }

    private static SpecProblem WrongAxis(JsonException wrong) => new("grid", wrong.Message, "An axis is a dotted path into the experiment, e.g. training.learning_rate.");

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

    // A value that an axis, a space or an added cell sets is mended there, not in the base experiment.
    private static string Origin(SweepSpec sweep, string path, int? included) =>
        included is { } entry && sweep.Include[entry].ContainsKey(path) ? $"include.{entry}.{path}"
        : sweep.Grid.ContainsKey(path) ? $"grid.{path}"
        : sweep.Search?.Space.ContainsKey(path) == true ? $"search.space.{path}"
        : $"experiment.{path}";

    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}\z")]
    private static partial Regex NamePattern();
}
