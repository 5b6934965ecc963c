using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ViViT.Contracts.Specs;

/// <summary>Every setting of an experiment by its dotted path: what an axis, an entry of a list of cells, or a search space may name.</summary>
public static class SettingPaths
{
    private static readonly Lazy<IReadOnlyDictionary<string, Type>> AllSettings = new(() => Leaves(typeof(ExperimentSpec), "").ToDictionary());

    /// <summary>Path to type, e.g. <c>training.clip_norm</c> to <c>double?</c>, in the order of the records.</summary>
    public static IReadOnlyDictionary<string, Type> All => AllSettings.Value;

    /// <summary>Whether a setting is a number, and if so whether a whole one; null when it is neither.</summary>
    public static bool? IsWhole(string path) => Bare(path) is { } type && (type == typeof(int) || type == typeof(double)) ? type == typeof(int) : null;

    /// <summary>What the JSON means as a value of the setting, so that 8 and [8, 8, 8] are the same patch.</summary>
    /// <exception cref="JsonException">There is no such setting, or it takes no such value.</exception>
    public static object? Value(string path, JsonElement json) =>
        json.Deserialize(All.TryGetValue(path, out var type) ? type : throw new JsonException($"{path}: an experiment has no such setting."), ContractsJson.Options);

    /// <summary>A value as people read it.</summary>
    public static string Text(JsonElement value) => value.ValueKind == JsonValueKind.Null ? "null" : value.ToString();

    internal static void Set(JsonObject spec, string path, JsonElement value)
    {
        var names = path.Split('.');
        var target = spec;
        foreach (var name in names[..^1])
        {
            target = target[name] as JsonObject ?? throw new JsonException($"{path}: the experiment has no section '{name}'.");
        }

        target[names[^1]] = JsonSerializer.SerializeToNode(value, ContractsJson.Options);
    }

    /// <summary>The value of a setting in a spec as JSON; null where it is off.</summary>
    internal static JsonNode? Get(JsonObject spec, string path) => path.Split('.').Aggregate((JsonNode?)spec, (section, name) => section?[name]);

    private static Type? Bare(string path) => All.TryGetValue(path, out var type) ? Nullable.GetUnderlyingType(type) ?? type : null;

    private static IEnumerable<KeyValuePair<string, Type>> Leaves(Type section, string prefix) => section.GetProperties(BindingFlags.Public | BindingFlags.Instance)
        .Where(property => property.CanWrite)
        .SelectMany(property =>
        {
            var path = prefix + JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name);
            return property.PropertyType is { IsClass: true } type && type.Namespace == section.Namespace ? Leaves(type, $"{path}.") : [new(path, property.PropertyType)];
        });
}
