using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using ViViT.Contracts.Specs;

namespace ViViT.Cli.SweepFiles;

/// <summary>The keys that a sweep file may have, read off the contracts' records: a new setting there is a new key here.</summary>
internal static class SpecShape
{
    /// <summary>A record of settings, which a file writes as a mapping.</summary>
    public static bool IsSection(Type type) => type.IsClass && type.Namespace == typeof(ExperimentSpec).Namespace;

    /// <summary>The settings of a section in the order of the record.</summary>
    public static IReadOnlyDictionary<string, PropertyInfo> Keys(Type section) => section.GetProperties(BindingFlags.Public | BindingFlags.Instance)
        .Where(property => property.CanWrite).ToDictionary(property => Snake(property.Name));

    public static bool IsRequired(PropertyInfo property) => property.IsDefined(typeof(RequiredMemberAttribute));

    /// <summary>Whether <c>null</c> is a value of its own: the setting is then off.</summary>
    public static bool MayBeNull(Type type) => Nullable.GetUnderlyingType(type) is not null;

    public static string Snake(string name) => JsonNamingPolicy.SnakeCaseLower.ConvertName(name);

    /// <summary>The values of an enum as the contracts' JSON spells them.</summary>
    public static IEnumerable<string> ValuesOf(Type type) => Enum.GetNames(type).Select(name => ValueOf(type, name));

    /// <summary>One value of an enum as the contracts' JSON spells it.</summary>
    public static string ValueOf(Type type, string name) => type.GetField(name)?.GetCustomAttribute<JsonStringEnumMemberNameAttribute>()?.Name ?? Snake(name);
}
