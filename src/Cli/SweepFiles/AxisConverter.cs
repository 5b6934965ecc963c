using System.Text.Json.Nodes;
using ViViT.Contracts.DataSets;
using ViViT.Contracts.Specs;
using YamlDotNet.RepresentationModel;

namespace ViViT.Cli.SweepFiles;

/// <summary>Reads what a sweep file says of settings by their paths: a grid, cells to leave out or to add, and a space to search.</summary>
internal sealed class AxisConverter(SpecConverter specs)
{
    public JsonObject? Grid(YamlNode node, string path) => Settings(node, path, "axes, one 'path: [values]' a line", (axis, value, type) =>
    {
        if (value is YamlSequenceNode { Children.Count: > 0 }) return Values(value, type, $"{path}.{axis}");
        var found = value is YamlSequenceNode ? "holds no value" : $"expected a list of values, found {SpecConverter.Describe(value)}";
        return specs.Wrong(value, $"{path}.{axis}", $"{found}. List at least one, e.g. {axis}: [{Sample(type)}]");
    });

    /// <summary>A list of cells: settings with one value each.</summary>
    public JsonArray? Cells(YamlNode node, string path)
    {
        const string Form = "'- {path: value}' a line";
        if (node is not YamlSequenceNode cells) return specs.Wrong(node, path, $"expected a list of cells, one {Form}, found {SpecConverter.Describe(node)}") as JsonArray;
        return new([.. cells.Select((cell, number) =>
        {
            var at = $"{path}.{number}";
            specs.Place(at, cell.Start);
            return Settings(cell, at, $"a cell, one {Form}", (axis, value, type) => specs.Convert(value, type, $"{at}.{axis}"));
        })]);
    }

    public JsonObject? Space(YamlNode node, string path) => Settings(
        node, path, "settings, one 'path: {min: …, max: …}' or 'path: {values: […]}' a line",
        (axis, value, type) => specs.Convert(value, typeof(DimensionSpec), $"{path}.{axis}", type));

    /// <summary>A list of values of one setting.</summary>
    public JsonNode? Values(YamlNode node, Type setting, string path) => node is YamlSequenceNode values
        ? new JsonArray([.. values.Select(one => specs.Convert(one, setting, $"{path}[]"))])
        : specs.Wrong(node, path, $"expected a list of values, found {SpecConverter.Describe(node)}. List them, e.g. values: [{Sample(setting)}]");

    private JsonObject? Settings(YamlNode node, string path, string form, Func<string, YamlNode, Type, JsonNode?> convert)
    {
        if (node is not YamlMappingNode mapping) return specs.Wrong(node, path, $"expected {form}, found {SpecConverter.Describe(node)}") as JsonObject;
        var settings = new JsonObject();
        foreach (var (keyNode, value) in mapping)
        {
            if (specs.KeyOf(keyNode) is not { } axis) continue;
            if (!SettingPaths.All.TryGetValue(axis, out var type))
            {
                var whole = SettingPaths.All.Keys.FirstOrDefault(known => known.EndsWith($".{axis}", StringComparison.Ordinal));
                specs.Problems.Add(new(keyNode.Start.Line, keyNode.Start.Column, $"'{axis}' is no setting of an experiment. {Spelling.Suggest(whole ?? axis, [.. SettingPaths.All.Keys])}"));
                continue;
            }

            specs.Place($"{path}.{axis}", keyNode.Start);
            settings[axis] = convert(axis, value, type);
        }

        return settings;
    }

    private static string Sample(Type type) => (Nullable.GetUnderlyingType(type) ?? type) switch
    {
        var one when one == typeof(double) => "1e-3, 3e-4",
        var one when one == typeof(string) => $"{DataSetCatalogue.Shapes3D}, organmnist3d",
        var one when one == typeof(Patch) => "8, [2, 8, 8]",
        var one when one == typeof(bool) => "true, false",
        { IsEnum: true } names => string.Join(", ", SpecShape.ValuesOf(names)),
        _ => "1, 2",
    };
}
