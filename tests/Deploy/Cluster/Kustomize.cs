using System.Collections.Concurrent;
using System.Text.RegularExpressions;

namespace ViViT.Deploy.Tests.Cluster;

/// <summary>Renders with the Kustomize that is built into kubectl; each folder once.</summary>
internal static partial class Kustomize
{
    private static readonly Version Oldest = new(5, 5);
    private static readonly Lazy<Task<string?>> Lacking = new(Lack);
    private static readonly ConcurrentDictionary<string, Lazy<Task<Rendered>>> Done = new();

    /// <summary>Below deploy/k8s.</summary>
    public static async Task<Rendered> Render(string folder)
    {
        if (await Lacking.Value is { } lack) Assert.Skip(lack);
        return await Done.GetOrAdd(folder, _ => new(() => Run(folder))).Value;
    }

    public static Task<Rendered> Overlay(string name) => Render($"overlays/{name}");

    private static async Task<Rendered> Run(string folder)
    {
        var (code, output, errors) = await Tests.Run.Program("kubectl", ["kustomize", Repository.At($"deploy/k8s/{folder}")]);
        Assert.True(code == 0, errors);
        return new(Path.GetFileName(folder), [.. Yaml.Documents(output).Select(document => new Manifest(document))]);
    }

    private static async Task<string?> Lack()
    {
        var (code, output, errors) = await Tests.Run.Program("kubectl", ["version", "--client"]);
        if (code == 127) return "kubectl is not on this machine: manifests are not rendered. Install kubectl 1.32 or newer.";
        return VersionOf().Match(output) is { Success: true } found && Version.Parse(found.Groups[1].ValueSpan) >= Oldest ? null
            : $"kubectl has no Kustomize {Oldest} or newer: manifests are not rendered. Install kubectl 1.32 or newer. It says: {output.Trim()} {errors.Trim()}";
    }

    [GeneratedRegex(@"Kustomize Version: v(\d+\.\d+)")]
    private static partial Regex VersionOf();
}
