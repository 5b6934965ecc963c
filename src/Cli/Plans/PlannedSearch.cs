using System.Globalization;
using ViViT.Contracts.Specs;

namespace ViViT.Cli.Plans;

/// <summary>A search in words.</summary>
internal static class PlannedSearch
{
    public static IEnumerable<string> Of(SearchSpec search, SeedSetting? seeds) =>
    [
        $"search: {Method(search)}; {search.Experiments} points{(seeds is { Count: > 1 and var count } ? $", each with {count} seeds" : "")}, seed {search.Seed}",
        .. search.Space.Select(one => $"  {one.Key}: {Range(one.Key, one.Value)}"),
        .. Notes(search),
    ];

    public static string Objective(ObjectiveSpec objective) => $"{objective.Metric}, {(objective.Goal == Goal.Maximize ? "higher" : "lower")} is better";

    private static string Method(SearchSpec search) => search.Method switch
    {
        SearchMethod.Random => "random points",
        SearchMethod.Sobol => "points of a scrambled Sobol sequence",
        _ => $"tree-structured Parzen estimator on {Objective(search.Objective)}; {Math.Min(search.Startup, search.Experiments)} points spread evenly, then the best of {search.Candidates} draws; at most {search.Parallel} tried at once",
    };

    private static string Range(string path, DimensionSpec dimension) => dimension.Values is { } values
        ? string.Join(", ", values.Select(SettingPaths.Text))
        : string.Create(CultureInfo.InvariantCulture, $"{dimension.Min} to {dimension.Max}{(dimension.Integer || SettingPaths.IsWhole(path) == true ? ", whole numbers" : "")}{(dimension.Scale == Scale.Log ? ", on a logarithmic scale" : "")}");

    private static IEnumerable<string> Notes(SearchSpec search)
    {
        if (search.Method != SearchMethod.Tpe) yield break;
        if (search.Startup >= search.Experiments) yield return $"  nothing is learnt from results: the first {search.Startup} points are spread evenly, of {search.Experiments}";
        if (search.Parallel > search.Experiments / 2 && search.Experiments > 2) yield return $"  with {search.Parallel} of {search.Experiments} points at once little is learnt from results";
    }
}
