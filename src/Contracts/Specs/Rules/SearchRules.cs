using System.Text.Json;
using ViViT.Contracts.Search;

namespace ViViT.Contracts.Specs.Rules;

/// <summary>What a search and its space must keep to.</summary>
internal static class SearchRules
{
    private const int Most = 1000;

    public static IEnumerable<SpecProblem> Check(SweepSpec sweep, SearchSpec search)
    {
        var most = SweepExpansion.MaxCells / Math.Max(1, sweep.Seeds?.Count ?? 1);
        SpecProblem[] problems =
        [
            .. Rule.Unless(sweep.Grid.Count + sweep.Exclude.Count + sweep.Include.Count == 0, "search", "the sweep has a grid as well",
                "Give a search, or grid, exclude and include: not both. A list in a space is written {values: […]}."),
            .. Rule.Unless(search.Experiments >= 1 && search.Experiments <= most, "search.experiments", $"{search.Experiments} is out of range", $"Give 1 to {most:N0}."),
            .. Bounded("startup", search.Startup),
            .. Bounded("candidates", search.Candidates),
            .. Bounded("parallel", search.Parallel),
            .. Rule.Unless(search.Space.Count >= 1, "search.space", "it names no setting", "Name at least one, e.g. training.learning_rate: {min: 1e-5, max: 1e-2, scale: log}."),
            .. Rule.Unless(search.Space.Count <= Sobol.Dimensions, "search.space", $"it names {search.Space.Count} settings", $"Name at most {Sobol.Dimensions}; better a few."),
            .. search.Space.SelectMany(dimension => Dimension(dimension.Key, dimension.Value).Select(problem => problem with { Path = $"search.space.{dimension.Key}{problem.Path}" })),
            .. ObjectiveRules.Check(search.Objective, "search"),
        ];
        return problems.Length > 0 ? problems : Room(search);
    }

    private static IEnumerable<SpecProblem> Bounded(string key, int value) => Rule.Unless(value is >= 1 and <= Most, $"search.{key}", $"{value} is out of range", $"Give 1 to {Most:N0}.");

    // Points are tried once each; of a continuum half of what there is to draw from must stay free, so that a draw finds one.
    private static IEnumerable<SpecProblem> Room(SearchSpec search)
    {
        var space = new SearchSpace(search.Space);
        var room = space.Count ?? Math.Floor(space.Room / 2);
        return Rule.Unless(search.Experiments <= room, "search.experiments", $"the space has no more than {room:N0} points to try", $"Ask for at most {room:N0}, or widen the space.");
    }

    private static IEnumerable<SpecProblem> Dimension(string path, DimensionSpec dimension)
    {
        if (path == "seed") return [new("", "a seed is no better than another", "Give seeds to repeat every point.")];
        if (path == "data.name") return [new("", "results on different data sets cannot be compared", "Search each in a sweep of its own.")];
        if (!SettingPaths.All.ContainsKey(path)) return [GridRules.Wrong(path, default)!];
        if (dimension.Values is not { } values) return Range(path, dimension);
        if (dimension.Min is not null || dimension.Max is not null || dimension.Integer || dimension.Scale != Scale.Linear) return [new("", "it has values and a range", "Give values, or min and max: not both.")];
        return
        [
            .. Rule.Unless(values.Count >= 2, ".values", $"{values.Count} values leave nothing to choose", "List at least two, or set the value below experiment."),
            .. values.Select(value => GridRules.Wrong(path, value)).OfType<SpecProblem>().Select(problem => problem with { Path = ".values" }),
            .. Rule.Unless(values.DistinctBy(value => value.ToString()).Count() == values.Count, ".values", "a value is listed twice", "List each once."),
        ];
    }

    private static IEnumerable<SpecProblem> Range(string path, DimensionSpec dimension)
    {
        if (SettingPaths.IsWhole(path) is not { } isWhole) return [new("", "the setting is no number, so it has no range", "List its values: {values: […]}.")];
        if (dimension is not { Min: { } min, Max: { } max }) return [new("", "a range needs min and max", "Give both, e.g. {min: 1e-5, max: 1e-2, scale: log}, or {values: […]}.")];
        var whole = isWhole || dimension.Integer;
        return
        [
            .. Rule.Unless(min < max && double.IsFinite(max - min), "", $"{min} to {max} is no range", "Give a min below the max."),
            .. Rule.Unless(dimension.Scale == Scale.Linear || min > 0, ".scale", $"{min} has no logarithm", "Give a min above 0, or scale: linear."),
            .. Rule.Unless(!whole || (IsInt(min) && IsInt(max)), "", $"{min} to {max} are no whole numbers", "Give whole numbers."),
        ];
    }

    private static bool IsInt(double value) => value == Math.Floor(value) && Math.Abs(value) <= int.MaxValue;

    /// <summary>
    /// Cells that show what is wrong with a space: each setting at its ends or its values with the rest as the base says, and points of the space;
    /// all points where they are known beforehand.
    /// </summary>
    /// <exception cref="JsonException">A value has the wrong type.</exception>
    public static IEnumerable<Cell> Samples(SweepSpec sweep, SearchSpec search)
    {
        const int Points = 256;
        var builder = new CellBuilder(sweep with { Seeds = null });
        var ends = search.Space.SelectMany(dimension => Ends(dimension.Key, dimension.Value)).SelectMany(end => builder.Replicates(0, [end]));
        var even = search with { Method = SearchMethod.Sobol, Experiments = Math.Min(Points, search.Experiments) };
        return ends.Concat(SearchPlan.Next(sweep with { Seeds = null, Search = search.Method == SearchMethod.Tpe ? even : search }, 0, []));
    }

    private static IEnumerable<KeyValuePair<string, JsonElement>> Ends(string path, DimensionSpec dimension)
    {
        if (dimension.Values is { } values) return values.Select(value => KeyValuePair.Create(path, value));
        var laid = Search.Dimension.Of(path, dimension);
        return [KeyValuePair.Create(path, laid.Value(0)), KeyValuePair.Create(path, laid.Value(Math.BitDecrement(1.0)))];
    }
}
