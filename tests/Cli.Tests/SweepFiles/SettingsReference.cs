using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using ViViT.Cli.SweepFiles;
using ViViT.Contracts;
using ViViT.Contracts.Specs;

namespace ViViT.Cli.Tests.SweepFiles;

/// <summary>The reference of all settings, written from the records, their defaults and their doc comments.</summary>
internal static partial class SettingsReference
{
    /// <summary>Tables of keys and of the values of each enum, as Markdown.</summary>
    public static string Markdown()
    {
        var docs = Docs();
        var text = new StringBuilder("| key | default | meaning |\n| --- | --- | --- |\n");
        var sweep = new SweepSpec { Name = "", Experiment = new() { Data = new() { Name = "" } } };
        var enums = new List<(string Path, Type Type)>();
        Section(typeof(SweepSpec), sweep, "");
        foreach (var (path, type) in enums)
        {
            text.Append($"\n`{path}`: {Doc(type.Name) ?? throw Undocumented(type.Name)}\n\n");
            foreach (var (name, value) in Enum.GetNames(type).Zip(SpecShape.ValuesOf(type))) text.Append($"- `{value}`{(Doc($"{type.Name}.{name}") is { } said ? $": {said}" : "")}\n");
        }

        return text.ToString();

        void Section(Type type, object values, string prefix)
        {
            foreach (var (key, property) in SpecShape.Keys(type))
            {
                var path = prefix + key;
                var kind = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
                if (SpecShape.IsSection(kind))
                {
                    Section(kind, property.GetValue(values) ?? Activator.CreateInstance(kind)!, $"{path.Replace("experiment", "", StringComparison.Ordinal).TrimStart('.')}.".TrimStart('.'));
                    continue;
                }

                if (kind.IsEnum && !enums.Exists(one => one.Type == kind)) enums.Add((path, kind));
                string?[] said = kind.IsEnum ? [Doc(kind.Name), Doc($"{type.Name}.{property.Name}")] : [Doc($"{type.Name}.{property.Name}") ?? Doc(kind.Name)];
                var meaning = said.Any(text => text is not null) ? string.Join(' ', said.OfType<string>()) : throw Undocumented($"{type.Name}.{property.Name}");
                text.Append($"| `{path}` | {Default(property, values)} | {meaning.Replace("|", "\\|", StringComparison.Ordinal)} |\n");
            }
        }

        string? Doc(string member) => docs.GetValueOrDefault(member);
    }

    private static string Default(PropertyInfo property, object values) => SpecShape.IsRequired(property) ? "required"
        : property.GetValue(values) is System.Collections.IEnumerable and not string ? "none"
        : $"`{JsonSerializer.Serialize(property.GetValue(values), property.PropertyType, ContractsJson.Options).Trim('"')}`";

    private static InvalidOperationException Undocumented(string member) => new($"{member} has no doc comment, and neither has its type. Give it one: the reference needs a line.");

    // Type and Type.Member to the text of its summary.
    private static Dictionary<string, string> Docs()
    {
        var docs = new Dictionary<string, string>();
        foreach (var file in Directory.GetFiles(Repository.Folder("src/Contracts/Specs"), "*.cs"))
        {
            var (type, comment) = ("", new StringBuilder());
            foreach (var line in File.ReadLines(file).Select(line => line.Trim()))
            {
                if (line.StartsWith("///", StringComparison.Ordinal))
                {
                    comment.Append(line.AsSpan(3).Trim()).Append(' ');
                    continue;
                }

                if (line.StartsWith('[')) continue; // an attribute stands between the comment and what it says
                var declared = Declaration().Match(line);
                if (declared.Groups["type"] is { Success: true } named) type = named.Value;
                var member = declared.Groups["member"] is { Success: true } part ? $"{type}.{part.Value}" : type;
                if (declared.Success && Summary().Match(comment.ToString()) is { Success: true } summary) docs[member] = Plain(summary.Groups[1].Value);
                comment.Clear();
            }
        }

        return docs;
    }

    private static string Plain(string xml)
    {
        var text = Code().Replace(Reference().Replace(xml, found => $"`{SpecShape.Snake(found.Groups[1].Value.Split('.')[^1])}`"), "`$1`");
        return Spaces().Replace(System.Net.WebUtility.HtmlDecode(text), " ").Trim();
    }

    [GeneratedRegex(@"^public (?:sealed record|readonly record struct|enum) (?<type>\w+)|^public (?:required )?[\w<>?, ]+ (?<member>\w+) \{ get; init; \}|^(?<member>[A-Z]\w*),$")]
    private static partial Regex Declaration();

    [GeneratedRegex("<summary>(.*?)</summary>")]
    private static partial Regex Summary();

    [GeneratedRegex("<see cref=\"([^\"]+)\" ?/>")]
    private static partial Regex Reference();

    [GeneratedRegex("<c>(.*?)</c>")]
    private static partial Regex Code();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
