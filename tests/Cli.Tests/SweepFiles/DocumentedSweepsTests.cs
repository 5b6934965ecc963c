using System.Text.RegularExpressions;
using ViViT.Contracts.Search;
using ViViT.Contracts.Specs;

namespace ViViT.Cli.Tests.SweepFiles;

/// <summary>What the documentation shows of sweep files is read as it stands.</summary>
public sealed partial class DocumentedSweepsTests
{
    [Theory]
    [InlineData("README.md", 1)]
    [InlineData("docs/sweep-files.md", 3)]
    [InlineData("docs/models.md", 2)]
    public void Every_example_is_sound(string page, int examples)
    {
        var blocks = Block().Matches(File.ReadAllText(Repository.Folder(page))).Select(block => block.Groups[1].Value).ToArray();

        Assert.Equal(examples, blocks.Length);
        Assert.All(blocks, block => Assert.NotEmpty(SearchPlan.Next(SweepFile.Read(Whole(block)), 0, [])));
    }

    // A page on recipes shows what lies below the experiment.
    private static string Whole(string block) => block.StartsWith("name:", StringComparison.Ordinal) ? block : $"name: a\nexperiment:\n  data: {{name: organmnist3d}}\n{Line().Replace(block, "  ")}";

    [GeneratedRegex("```yaml\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex("^", RegexOptions.Multiline)]
    private static partial Regex Line();
}
