using ViViT.Contracts.DataSets;

namespace ViViT.Contracts.Specs.Rules;

/// <summary>What a data section must keep to.</summary>
internal static class DataRules
{
    /// <param name="set">The data set, where its name is known.</param>
    public static IEnumerable<SpecProblem> Check(DataSpec data, DataSetInfo? set) =>
        Rule.Positive("data.limit", data.Limit ?? 1).Concat(set is null ? [Unknown(data.Name)] : []);

    private static SpecProblem Unknown(string name) => new("data.name", $"there is no data set '{name}'", Spelling.Suggest(name, [.. DataSetCatalogue.All.Select(known => known.Name)]));
}
