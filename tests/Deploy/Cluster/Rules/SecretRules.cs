using System.Text.Json.Nodes;

namespace ViViT.Deploy.Tests.Cluster.Rules;

/// <summary>Secrets are named and never held; each name is one that an operator is told to make, or that something in the cluster makes.</summary>
internal static class SecretRules
{
    public static IEnumerable<string> Problems(Rendered all)
    {
        foreach (var secret in all.Of("Secret")) yield return $"{secret}: holds a secret, and stands in the repository";
        var known = Documented().Concat(all.Of("Certificate").Select(one => one.Body.Text("spec/secretName")!)).Concat(all.Of("ExternalSecret").Select(one => one.Body.Text("spec/target/name")!))
            .Concat(all.Of("Cluster").SelectMany(one => new[] { $"{one.Name}-ca", $"{one.Name}-server" })).ToHashSet();
        foreach (var (owner, name) in all.Objects.SelectMany(one => References(one).Select(name => (one, name))).Distinct())
        {
            if (!known.Contains(name) && !known.Any(pattern => pattern.EndsWith("POOL", StringComparison.Ordinal) && name.StartsWith(pattern[..^4], StringComparison.Ordinal)))
            {
                yield return $"{owner}: docs/kubernetes.md does not say how to make the Secret {name}";
            }
        }
    }

    // Rows of the table of Secrets: | `name` | ...
    private static IEnumerable<string> Documented() => File.ReadLines(Repository.At("docs/kubernetes.md")).Where(line => line.StartsWith("| `vivit-", StringComparison.Ordinal)).Select(line => line.Split('`')[1]);

    private static IEnumerable<string> References(Manifest one) => one.Body.All().OfType<JsonObject>().SelectMany(node => new[]
    {
        node.Text("secretKeyRef/name"), node.Text("secret/secretName"), node.Text("passwordSecret/name"), node.Text("initdb/secret/name"), node.Text("ca/secretName"),
        node.Text("accessKeyId/name"), node.Text("secretAccessKey/name"), node.Text("applicationCredentials/name"), node.Text("storageKey/name"), node.Text("storageAccount/name"), node.Text("authenticationRef/name"),
    }).OfType<string>();
}
