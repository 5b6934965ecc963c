using System.Text;
using System.Text.RegularExpressions;
using ViViT.Contracts.Configuration;
using ViViT.TestKit;

namespace ViViT.Contracts.Tests.Configuration;

/// <summary>docs/settings.md tells what the table says. VIVIT_UPDATE_DOCS=1 in the environment writes it anew.</summary>
public sealed class SettingsReferenceTests
{
    private const string Begin = "<!-- settings: written by SettingsReferenceTests -->\n";
    private const string End = "<!-- end of settings -->\n";

    [Fact]
    public void The_reference_of_settings_is_what_the_table_says()
    {
        var file = Path.Combine(Repository.Root, "docs", "settings.md");
        var page = File.ReadAllText(file);
        var (begin, end) = (page.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length, page.IndexOf(End, StringComparison.Ordinal));
        Assert.True(begin >= Begin.Length && end >= begin, $"{file} lacks the marks {Begin}and {End}");

        if (Environment.GetEnvironmentVariable("VIVIT_UPDATE_DOCS") == "1") File.WriteAllText(file, page[..begin] + Reference() + page[end..]);
        else Assert.Equal(Reference(), page[begin..end]); // out of date: VIVIT_UPDATE_DOCS=1 ./test Contracts
    }

    [Fact]
    public void Each_setting_is_read_by_the_programs_that_it_names()
    {
        (Programs Program, string[] Folders)[] programs = [(Programs.Silo, ["Silo"]), (Programs.Worker, ["Worker"]), (Programs.Cli, ["Cli", "Data"])];
        var sources = programs.ToDictionary(one => one.Program, one => string.Concat(one.Folders.SelectMany(folder => Directory.GetFiles(Path.Combine(Repository.Root, "src", folder), "*.cs", SearchOption.AllDirectories)).Select(File.ReadAllText)));
        foreach (var property in typeof(Settings).GetProperties().Where(property => property.PropertyType.IsAssignableTo(typeof(Setting)) && property.Name != nameof(Settings.SettingsFile)))
        {
            var setting = (Setting)property.GetValue(null)!;
            Assert.All(sources.Where(source => setting.ReadBy.HasFlag(source.Key)), source => Assert.True(Regex.IsMatch(source.Value, $@"\bSettings\.{property.Name}\b"), $"{source.Key} does not read {setting.Variable}"));
        }
    }

    private static string Reference()
    {
        var text = new StringBuilder("| variable | read by | takes | default | meaning |\n| --- | --- | --- | --- | --- |\n");
        foreach (var setting in Settings.All)
        {
            text.Append($"| `{setting.Variable}` | {Readers(setting.ReadBy)} | {setting.Accepts} | {Default(setting)} | {setting.Meaning}.{(setting.IsSecret ? " Secret." : "")} |\n");
        }

        text.Append("\nNames that others chose:\n\n| variable | read by | meaning |\n| --- | --- | --- |\n");
        foreach (var other in Settings.Standard) text.Append($"| `{other.Name}` | {Readers(other.ReadBy)} | {other.Meaning}. |\n");
        return text.ToString();
    }

    private static string Default(Setting setting) => setting.Default is { } text ? $"`{text}`"
        : setting.WhenUnset ?? $"none; {SettingsText.Names(setting.ReadBy & ~Programs.Cli)} {((setting.ReadBy & ~Programs.Cli) is Programs.Silo or Programs.Worker ? "needs" : "need")} it";

    private static string Readers(Programs programs) => SettingsText.Names(programs).Replace("the ", "", StringComparison.Ordinal);
}
