using System.Text.Json;

namespace ViViT.Contracts.Specs.Rules;

/// <summary>What the axes of a grid, the cells taken from it and added to it, and the seeds must keep to.</summary>
internal static class GridRules
{
    private const int MostSeeds = 1000;

    public static IEnumerable<SpecProblem> Check(SweepSpec sweep) =>
    [
        .. sweep.Grid.Where(axis => axis.Value.Count == 0).Select(axis =>
            new SpecProblem($"grid.{axis.Key}", "the axis holds no value", "List at least one, e.g. [1e-3, 3e-4], or remove the axis.")),
        .. sweep.Grid.Where(Repeats).Select(axis => new SpecProblem($"grid.{axis.Key}", "the axis holds a value twice", "List each value once; replicates differ in their seed.")),
        .. sweep.Exclude.SelectMany((entry, number) => Excluded(sweep, entry, $"exclude.{number}")),
        .. sweep.Include.SelectMany((entry, number) => entry.SelectMany(value => Included(sweep, value.Key, value.Value, $"include.{number}.{value.Key}"))),
        .. sweep.Seeds is { } seeds ? Seeds(sweep, seeds) : [],
    ];

    /// <summary>What is left when the parts are sound by themselves.</summary>
    public static IEnumerable<SpecProblem> CheckCount(SweepSpec sweep) => SweepExpansion.Count(sweep) switch
    {
        0 => [new("exclude", "it leaves no cell", "Take an entry away, or include a cell.")],
        > SweepExpansion.MaxCells => [new("grid", $"more than {SweepExpansion.MaxCells:N0} cells", "Split the grid over several sweeps.")],
        _ => [],
    };

    private static IEnumerable<SpecProblem> Excluded(SweepSpec sweep, IReadOnlyDictionary<string, JsonElement> entry, string at)
    {
        if (entry.Count == 0) return [new(at, "it says nothing, and would leave every cell out", "Name an axis and one of its values, e.g. {training.learning_rate: 1e-3}.")];
        return entry.SelectMany(IEnumerable<SpecProblem> (value) =>
        {
            var (path, where) = (value.Key, $"{at}.{value.Key}");
            if (path == "seed" && sweep.Seeds is not null) return [new(where, "seeds are replicates and no axis", "Leave the seed out of seeds, or list it in grid.seed instead.")];
            if (!sweep.Grid.TryGetValue(path, out var axis)) return [new(where, $"{path} is no axis of the grid", sweep.Grid.Count == 0 ? "Give a grid." : Spelling.Suggest(path, [.. sweep.Grid.Keys]))];
            if (Wrong(path, value.Value) is { } wrong) return [wrong with { Path = where }];
            var wanted = SettingPaths.Value(path, value.Value);
            return Rule.Unless(
                axis.Any(one => Wrong(path, one) is null && Equals(SettingPaths.Value(path, one), wanted)), where,
                $"it leaves nothing out: the axis has no value {SettingPaths.Text(value.Value)}", $"Known: {string.Join(", ", axis.Select(SettingPaths.Text))}.");
        });
    }

    private static IEnumerable<SpecProblem> Included(SweepSpec sweep, string path, JsonElement value, string at)
    {
        if (path == "seed" && sweep.Seeds is not null) return [new(at, "the cell is repeated with the sweep's seeds", "Leave seed out here, or list the seeds in grid.seed instead.")];
        return Wrong(path, value) is { } wrong ? [wrong with { Path = at }] : [];
    }

    private static IEnumerable<SpecProblem> Seeds(SweepSpec sweep, SeedSetting seeds) =>
    [
        .. Rule.Unless(seeds.Count is >= 1 and <= MostSeeds, "seeds", $"{seeds.Count} seeds", $"Give 1 to {MostSeeds}, or list them, e.g. [1, 2, 3]."),
        .. Rule.Unless(seeds.Listed is null || seeds.Listed.Distinct().Count() == seeds.Listed.Count, "seeds", "a seed is listed twice", "List each once: the same seed gives the same result."),
        .. Rule.Unless(!sweep.Grid.ContainsKey("seed"), "grid.seed", "the sweep has seeds as well", "Give seeds, or the axis seed: not both."),
    ];

    /// <summary>What is wrong with a value of a setting, or null. The path is left for the caller to say.</summary>
    public static SpecProblem? Wrong(string path, JsonElement value)
    {
        if (!SettingPaths.All.ContainsKey(path)) return new("", $"'{path}' is no setting of an experiment", Spelling.Suggest(path, [.. SettingPaths.All.Keys]));
        try
        {
            SettingPaths.Value(path, value);
            return null;
        }
        catch (JsonException)
        {
            return new("", $"{SettingPaths.Text(value)} is no value of {path}", "Give one as below experiment.");
        }
    }

    private static bool Repeats(KeyValuePair<string, IReadOnlyList<JsonElement>> axis) =>
        axis.Value.DistinctBy(value => value.ToString()).Count() < axis.Value.Count;
}
