using System.Text;

namespace ViViT.Deploy.Tests.Cluster;

/// <summary>The rules that a cluster gets are those that promtool has checked.</summary>
public sealed class AlertRuleTests
{
    private const string Rules = "deploy/prometheus/rules";
    private const string Manifest = "deploy/k8s/components/monitoring/rules.yaml";

    [Fact]
    public async Task The_rules_of_the_cluster_are_those_of_Prometheus()
    {
        var expected = Written();
        if (Environment.GetEnvironmentVariable("VIVIT_UPDATE_DOCS") == "1") await File.WriteAllTextAsync(Repository.At(Manifest), expected, TestContext.Current.CancellationToken);

        Assert.True(expected == Repository.Read(Manifest), $"{Manifest} is not what {Rules} say. Rewrite it: VIVIT_UPDATE_DOCS=1 ./test Deploy");
        var groups = Yaml.Documents(expected).SelectMany(rule => rule.Items("spec/groups")).Select(group => group.ToJsonString());
        Assert.Equal(Files().SelectMany(file => Yaml.Documents(File.ReadAllText(file)).Single().Items("groups")).Select(group => group.ToJsonString()), groups);
    }

    private static IEnumerable<string> Files() => Directory.GetFiles(Repository.At(Rules), "*.yml").Order(StringComparer.Ordinal);

    // Their text as it is, further in.
    private static string Written()
    {
        var text = new StringBuilder($"# Made of {Rules}, comments and all; by hand only there. VIVIT_UPDATE_DOCS=1 ./test Deploy writes it anew.\n");
        foreach (var file in Files())
        {
            text.Append($$"""
                ---
                apiVersion: monitoring.coreos.com/v1
                kind: PrometheusRule
                metadata:
                  name: vivit-{{Path.GetFileNameWithoutExtension(file)}}
                  namespace: vivit
                  labels: {release: prometheus}
                spec:

                """);
            foreach (var line in File.ReadLines(file).SkipWhile(line => !line.StartsWith("groups:", StringComparison.Ordinal))) text.Append(line.Length == 0 ? "" : "  ").Append(line).Append('\n');
        }

        return text.ToString();
    }
}
