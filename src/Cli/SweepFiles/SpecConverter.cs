using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using ViViT.Contracts;
using ViViT.Contracts.DataSets;
using ViViT.Contracts.Specs;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace ViViT.Cli.SweepFiles;

/// <summary>Turns YAML into the JSON of a contract record, guided by the record's types. Collects problems instead of stopping at the first.</summary>
internal sealed class SpecConverter
{
    private readonly Dictionary<string, Mark> places = new(StringComparer.Ordinal);
    private readonly AxisConverter axes;

    public SpecConverter() => axes = new(this);

    public List<FileProblem> Problems { get; } = [];

    /// <summary>A problem at the place of that path, or of the nearest ancestor that the file has.</summary>
    public FileProblem At(string path, string message)
    {
        while (!places.ContainsKey(path) && path.Length > 0) path = path[..Math.Max(0, path.LastIndexOf('.'))];
        var mark = places[path];
        return new(mark.Line, mark.Column, message);
    }

    /// <param name="setting">Of a range of values: the type of the setting that they are values of.</param>
    public JsonNode? Convert(YamlNode node, Type type, string path, Type? setting = null)
    {
        places.TryAdd(path, node.Start);
        if (SpecShape.MayBeNull(type) && node is YamlScalarNode { Value: "null", Style: ScalarStyle.Plain }) return null;
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (SpecShape.IsSection(type)) return Section(node, type, path, setting);
        if (type == typeof(IReadOnlyDictionary<string, IReadOnlyList<JsonElement>>)) return axes.Grid(node, path);
        if (type == typeof(IReadOnlyList<IReadOnlyDictionary<string, JsonElement>>)) return axes.Cells(node, path);
        if (type == typeof(IReadOnlyDictionary<string, DimensionSpec>)) return axes.Space(node, path);
        if (type == typeof(IReadOnlyList<JsonElement>)) return axes.Values(node, setting!, path);
        if (type == typeof(Patch)) return PatchOf(node, path);
        if (type == typeof(GroupSetting)) return GroupOf(node, path);
        if (type == typeof(SeedSetting)) return SeedsOf(node, path);
        return Scalar(node, type, path);
    }

    /// <summary>Remembers where a path stands in the file.</summary>
    public void Place(string path, Mark mark) => places[path] = mark;

    private JsonObject? Section(YamlNode node, Type type, string path, Type? setting)
    {
        if (node is not YamlMappingNode mapping) return Wrong(node, path, $"expected settings, one 'key: value' a line, found {Describe(node)}") as JsonObject;
        var known = SpecShape.Keys(type);
        var section = new JsonObject();
        foreach (var (keyNode, value) in mapping)
        {
            if (KeyOf(keyNode) is not { } key) continue;
            var keyPath = path.Length == 0 ? key : $"{path}.{key}";
            if (!known.TryGetValue(key, out var property))
            {
                Problems.Add(new(keyNode.Start.Line, keyNode.Start.Column, $"unknown key '{key}'{(path.Length == 0 ? "" : $" in {path}")}. {Spelling.Suggest(key, [.. known.Keys])}"));
                continue;
            }

            places[keyPath] = keyNode.Start;
            section[key] = Convert(value, property.PropertyType, keyPath, setting);
        }

        if (type == typeof(SweepSpec)) NameData(mapping, section);
        foreach (var (key, property) in known.Where(one => SpecShape.IsRequired(one.Value) && !section.ContainsKey(one.Key)))
        {
            Problems.Add(new(node.Start.Line, node.Start.Column, $"{(path.Length == 0 ? "the sweep" : path)} lacks '{key}'. Add it{Example(key, property.PropertyType, path)}."));
        }

        return section;
    }

    // A grid over data sets makes their name in the base experiment superfluous.
    private void NameData(YamlMappingNode mapping, JsonObject sweep)
    {
        if (sweep["grid"]?["data.name"] is not JsonArray { Count: > 0 } names) return;
        var experiment = sweep["experiment"] as JsonObject;
        if (experiment is null)
        {
            if (mapping.Children.Keys.Any(key => key is YamlScalarNode { Value: "experiment" })) return; // it is there, and wrong
            sweep["experiment"] = experiment = [];
        }

        var data = experiment["data"] as JsonObject ?? (JsonObject)(experiment["data"] = new JsonObject());
        if (data.ContainsKey("name")) return;
        data["name"] = names[0]?.DeepClone();
        Problems.RemoveAll(problem => problem.Message.StartsWith("experiment lacks 'data'", StringComparison.Ordinal) || problem.Message.StartsWith("experiment.data lacks 'name'", StringComparison.Ordinal));
    }

    private static string Example(string key, Type type, string path) => type switch
    {
        _ when SpecShape.IsSection(type) => "",
        { IsEnum: true } => $", e.g. {key}: {SpecShape.ValuesOf(type).Last()}",
        _ when type == typeof(int) => $", e.g. {key}: 30",
        _ when type == typeof(string) => $", e.g. {key}: {(path.Length == 0 ? "my-study" : DataSetCatalogue.Shapes3D)}",
        _ => $", e.g. {key}: {{training.learning_rate: {{min: 1e-5, max: 1e-2, scale: log}}}}",
    };

    public string? KeyOf(YamlNode key)
    {
        if (key is YamlScalarNode { Value: { } text }) return text;
        Problems.Add(new(key.Start.Line, key.Start.Column, $"a key is one word, found {Describe(key)}."));
        return null;
    }

    private JsonNode? PatchOf(YamlNode node, string path) => node switch
    {
        YamlScalarNode => Scalar(node, typeof(int), path),
        YamlSequenceNode { Children.Count: 3 } extents => new JsonArray([.. extents.Select(extent => Scalar(extent, typeof(int), path))]),
        _ => Wrong(node, path, "a patch is one number or a list of three: [time, height, width]"),
    };

    private JsonNode? GroupOf(YamlNode node, string path) =>
        node is YamlScalarNode { Value: { } text } && GroupSetting.Parse(text) is { } group
            ? JsonSerializer.SerializeToNode(group, ContractsJson.Options)
            : Wrong(node, path, $"expected auto, off or a whole number, found {Describe(node)}");

    private JsonNode? SeedsOf(YamlNode node, string path) => node switch
    {
        YamlScalarNode => Scalar(node, typeof(int), path),
        YamlSequenceNode { Children.Count: > 0 } seeds => new JsonArray([.. seeds.Select(seed => Scalar(seed, typeof(int), path))]),
        _ => Wrong(node, path, "expected how many seeds, or a list of them"),
    };

    private JsonNode? Scalar(YamlNode node, Type type, string path)
    {
        if (node is YamlScalarNode { Value: { } word } && type == typeof(string)) return JsonValue.Create(word);
        if (node is not YamlScalarNode { Value: { Length: > 0 } text } scalar) return Wrong(node, path, $"expected {Name(type)}, found {Describe(node)}");
        if (type.IsEnum) return EnumValue(scalar, type, path);
        if (type == typeof(int) && int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole)) return JsonValue.Create(whole);
        if (type == typeof(double) && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)) return JsonValue.Create(number);
        if (type == typeof(bool) && bool.TryParse(text, out var truth)) return JsonValue.Create(truth);
        return Wrong(node, path, $"expected {Name(type)}, found '{text}'");
    }

    private JsonValue? EnumValue(YamlScalarNode node, Type type, string path)
    {
        var names = SpecShape.ValuesOf(type).ToArray();
        if (names.Contains(node.Value)) return JsonValue.Create(node.Value);
        return Wrong(node, path, $"'{node.Value}' is not one of its values. {Spelling.Suggest(node.Value!, names)}", stop: "") as JsonValue;
    }

    public JsonNode? Wrong(YamlNode node, string path, string message, string stop = ".")
    {
        Problems.Add(new(node.Start.Line, node.Start.Column, $"{(path.Length == 0 ? "" : $"{path.Replace("[]", "", StringComparison.Ordinal)}: ")}{message}{stop}"));
        return null;
    }

    public static string Describe(YamlNode node) => node switch
    {
        YamlMappingNode => "a mapping",
        YamlSequenceNode => "a list",
        YamlScalarNode { Value: null or "" } => "nothing",
        YamlScalarNode { Value: var text } => $"'{text}'",
        _ => "something else",
    };

    private static string Name(Type type) => type == typeof(int) ? "a whole number" : type == typeof(double) ? "a number" : type == typeof(bool) ? "true or false" : type.IsEnum ? "a name" : "a text";
}
