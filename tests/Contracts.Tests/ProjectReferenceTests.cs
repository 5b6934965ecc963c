using System.Text.RegularExpressions;
using System.Runtime.CompilerServices;
using System.Xml.Linq;

namespace ViViT.Contracts.Tests;

/// <summary>Dependencies point one way; this table is the rule (ARCHITECTURE.md).</summary>
public sealed partial class ProjectReferenceTests
{
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Contracts"] = [],
        ["Storage"] = ["Contracts"],
        ["Grains"] = ["Storage", "Contracts"],
        ["Silo"] = ["Grains", "Storage", "Contracts"],
        ["Data"] = ["Contracts"],
        ["Models"] = ["Data", "Contracts"],
        ["Training"] = ["Models", "Data", "Contracts"],
        ["Worker"] = ["Training", "Models", "Data", "Contracts"],
        ["Cli"] = ["Data", "Contracts"],
    };

    private static readonly Dictionary<string, string[]> OnlyIn = new()
    {
        ["Npgsql"] = ["Storage"],
        ["TorchSharp"] = ["Models", "Training", "Worker"],
        ["Microsoft.Orleans"] = ["Grains", "Silo"],
        ["Spectre.Console"] = ["Cli"],
        ["YamlDotNet"] = ["Cli"],
    };

    public static TheoryData<string> Projects => [.. Directory.GetFiles(Source(), "*.csproj", SearchOption.AllDirectories).Select(Path.GetFileNameWithoutExtension).OfType<string>()];

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_project_references_only_what_the_architecture_allows(string project)
    {
        var file = XDocument.Load(Path.Combine(Source(), project, $"{project}.csproj"));
        var references = file.Descendants("ProjectReference").Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value));
        var packages = file.Descendants("PackageReference").Select(reference => reference.Attribute("Include")!.Value);

        Assert.Empty(references.Except(Allowed[project]));
        Assert.DoesNotContain(packages, package => OnlyIn.Any(rule => package.StartsWith(rule.Key, StringComparison.Ordinal) && !rule.Value.Contains(project)));
    }

    [Fact]
    public void No_source_knows_of_the_stand_ins()
    {
        var mentions = Directory.GetFiles(Source(), "*.*", SearchOption.AllDirectories)
            .Where(file => file.EndsWith(".cs", StringComparison.Ordinal) || file.EndsWith(".csproj", StringComparison.Ordinal))
            .Where(file => File.ReadAllText(file) is var text && (StandIn().IsMatch(text) || text.Contains("#if", StringComparison.Ordinal)));

        Assert.Empty(mentions);
    }

    private static string Source([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "src"));

    // The word and not a part of one: what is standing or outstanding is no stand-in.
    [GeneratedRegex(@"\bstand-?ins?\b|UseStandIns", RegexOptions.IgnoreCase)]
    private static partial Regex StandIn();
}
