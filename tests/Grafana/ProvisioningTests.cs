using System.Text.RegularExpressions;
using ViViT.Dashboards;
using ViViT.TestKit;
using YamlDotNet.Serialization;

namespace ViViT.Grafana.Tests;

/// <summary>What Grafana is started with fits the dashboards.</summary>
public sealed partial class ProvisioningTests
{
    private static readonly string Folder = Path.Combine(Repository.Root, "deploy", "grafana", "provisioning");

    [Fact]
    public void The_data_sources_are_those_that_the_dashboards_open_with()
    {
        var sources = List("datasources", "datasources").Select(source => ((string)source["uid"], (string)source["type"], (string)source["name"])).Order().ToArray();
        var defaults = Files.All.SelectMany(dashboard => dashboard.Variables).Where(variable => (string)variable["type"]! == "datasource")
            .Select(variable => ((string)variable["current"]!["value"]!, (string)variable["query"]!, (string)variable["current"]!["text"]!)).Distinct().Order().ToArray();

        Assert.Equal(defaults, sources);
    }

    [Fact]
    public void Secrets_come_from_the_environment_and_the_role_is_the_one_of_the_script()
    {
        var postgres = List("datasources", "datasources").Single(source => (string)source["uid"] == "vivit-postgres");

        Assert.Matches(@"^\$[A-Z_]+$", (string)((Dictionary<object, object>)postgres["secureJsonData"])["password"]);
        Assert.Contains($"create role {postgres["user"]}'", File.ReadAllText(Path.Combine(Folder, "..", "role.sql")), StringComparison.Ordinal);
        Assert.DoesNotMatch(Secret(), File.ReadAllText(Path.Combine(Folder, "datasources", "vivit.yaml")));
    }

    [Fact]
    public void The_dashboards_are_files_that_nobody_changes_in_the_browser()
    {
        var provider = Assert.Single(List("dashboards", "providers"));

        Assert.Equal(("file", "false"), ((string)provider["type"], (string)provider["allowUiUpdates"]));
        Assert.All(Directory.GetFiles(DashboardFiles.Folder), file => Assert.InRange(new FileInfo(file).Length, 1, 1_000_000)); // a ConfigMap holds no more
    }

    private static IEnumerable<Dictionary<object, object>> List(string folder, string key)
    {
        using var text = File.OpenText(Path.Combine(Folder, folder, "vivit.yaml"));
        return ((List<object>)new Deserializer().Deserialize<Dictionary<object, object>>(text)[key]).Cast<Dictionary<object, object>>();
    }

    [GeneratedRegex(@"(password|token|secret):\s*[^$\s]", RegexOptions.IgnoreCase)]
    private static partial Regex Secret();
}
