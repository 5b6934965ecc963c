using System.Text.RegularExpressions;
using ViViT.Cli.SweepFiles;
using ViViT.Contracts.Specs;

namespace ViViT.Cli.Tests.SweepFiles;

/// <summary>docs/sweep-files.md tells what the records say. VIVIT_UPDATE_DOCS=1 in the environment writes it anew.</summary>
public sealed class SettingsReferenceTests
{
    private const string Begin = "<!-- settings: written by SettingsReferenceTests -->\n";
    private const string End = "<!-- end of settings -->\n";

    [Fact]
    public void The_reference_of_settings_is_what_the_records_say()
    {
        var file = Path.Combine(Repository.Folder("docs"), "sweep-files.md");
        var page = File.ReadAllText(file);
        var (begin, end) = (page.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length, page.IndexOf(End, StringComparison.Ordinal));
        Assert.True(begin >= Begin.Length && end >= begin, $"{file} lacks the marks {Begin}and {End}");
        var reference = SettingsReference.Markdown();

        if (Environment.GetEnvironmentVariable("VIVIT_UPDATE_DOCS") == "1") File.WriteAllText(file, page[..begin] + reference + page[end..]);
        else Assert.Equal(reference, page[begin..end]); // out of date: VIVIT_UPDATE_DOCS=1 ./test Cli
    }

    [Fact]
    public void Every_setting_has_its_line()
    {
        var reference = SettingsReference.Markdown();

        Assert.All(SettingPaths.All.Keys, axis => Assert.Matches(new Regex($@"(?m)^\| `{Regex.Escape(axis)}` \| .+ \| .{{10,}} \|$"), reference));
        Assert.All(["name", "pool", "group", "grid"], key => Assert.Contains($"| `{key}` | ", reference, StringComparison.Ordinal));
        Assert.Contains("| `training.learning_rate` | `0.0001` | The optimiser's step size, before the schedule's factor. |", reference, StringComparison.Ordinal);
        Assert.Contains("- `v1.1`: A two-layer MLP, then a softmax over places.", reference, StringComparison.Ordinal);
    }
}
