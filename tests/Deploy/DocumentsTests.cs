using System.Text.RegularExpressions;
using ViViT.Deploy.Tests.Cluster;

namespace ViViT.Deploy.Tests;

/// <summary>What an operator reads names what there is.</summary>
public sealed partial class DocumentsTests
{
    [Theory]
    [InlineData("docs/kubernetes.md")]
    [InlineData("docs/containers.md")]
    public void Every_file_that_is_named_is_there(string document)
    {
        var named = Paths().Matches(Repository.Read(document)).Select(found => found.Value.TrimEnd('.', '/')).Where(path => !path.Contains("ours", StringComparison.Ordinal) && path != "deploy/secrets"
            && !path.StartsWith("deploy/secrets/", StringComparison.Ordinal)).Distinct().ToArray();

        Assert.True(named.Length > 3);
        Assert.DoesNotContain(named, path => !Path.Exists(Repository.At(path)) && !Path.Exists(Repository.At($"deploy/k8s/{path}")));
    }

    [Fact]
    public void Every_component_and_overlay_is_told_of()
    {
        var text = Repository.Read("docs/kubernetes.md");

        Assert.All(Directory.GetDirectories(Repository.At("deploy/k8s/components")), component => Assert.Contains($"`components/{Path.GetFileName(component)}`", text, StringComparison.Ordinal));
        Assert.All(OverlayTests.Overlays, overlay => Assert.Matches($@"\b{overlay.Data}\b", text));
    }

    [Fact]
    public async Task Every_Secret_that_is_told_of_is_used()
    {
        var used = (await Kustomize.Overlay("gke")).Objects.Concat((await Kustomize.Overlay("eks")).Objects).Select(one => one.Body.ToJsonString()).ToArray();
        var told = SecretRows().Matches(Repository.Read("docs/kubernetes.md")).Select(row => row.Groups[1].Value.Replace("POOL", "l4", StringComparison.Ordinal)).ToArray();

        Assert.True(told.Length >= 7);
        Assert.All(told, name => Assert.Contains(used, text => text.Contains($"\"{name}\"", StringComparison.Ordinal)));
    }

    [GeneratedRegex(@"(?<![\w/.-])(deploy|components|overlays|sweeps|tests|docs|worker|worker-job)/[\w./-]*\w")]
    private static partial Regex Paths();

    [GeneratedRegex(@"^\| `(vivit-[\w-]+)` \|", RegexOptions.Multiline)]
    private static partial Regex SecretRows();
}
