using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json;
using ViViT.Contracts.Specs;

namespace ViViT.Cli.SweepFiles;

/// <summary>The keys that a sweep file may have, read off the contracts' records: a new setting there is a new key here.</summary>
internal static class SpecShape
{
    private static readonly Lazy<IReadOnlyDictionary<string, Type>> AllAxes = new(() => Leaves(typeof(ExperimentSpec), "").ToDictionary(leaf => leaf.Path, leaf => leaf.Type));

    /// <summary>Every setting that can be an axis of the grid, as a dotted path into the experiment, with its type.</summary>
    public static IReadOnlyDictionary<string, Type> Axes => AllAxes.Value;

    /// <summary>A record of settings, which a file writes as a mapping.</summary>
    public static bool IsSection(Type type) => type.IsClass && type.Namespace == typeof(ExperimentSpec).Namespace;

    public static IReadOnlyDictionary<string, PropertyInfo> Keys(Type section) => section.GetProperties(BindingFlags.Public | BindingFlags.Instance)
        .Where(property => property.CanWrite).ToDictionary(property => Snake(property.Name));

    public static bool IsRequired(PropertyInfo property) => property.IsDefined(typeof(RequiredMemberAttribute));

    public static string Snake(string name) => JsonNamingPolicy.SnakeCaseLower.ConvertName(name);

    private static IEnumerable<(string Path, Type Type)> Leaves(Type section, string prefix) => Keys(section).SelectMany(key =>
        IsSection(key.Value.PropertyType) ? Leaves(key.Value.PropertyType, $"{prefix}{key.Key}.") : [($"{prefix}{key.Key}", key.Value.PropertyType)]);
}
