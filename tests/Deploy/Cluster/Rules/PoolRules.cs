using System.Globalization;
using System.Text.RegularExpressions;

namespace ViViT.Deploy.Tests.Cluster.Rules;

/// <summary>A pool's name is told once as a label; everything that depends on it agrees with it.</summary>
internal static partial class PoolRules
{
    // Rows of the table of metrics, which is held to what is scraped.
    private static readonly Lazy<HashSet<string>> Told = new(() =>
        [.. File.ReadLines(Repository.At("docs/telemetry.md")).Where(line => line.StartsWith("| `vivit_", StringComparison.Ordinal)).Select(line => line.Split('`')[1])]);

    public static IEnumerable<string> Problems(Rendered all) => [.. Pools(all), .. Scaling(all)];

    private static IEnumerable<string> Pools(Rendered all)
    {
        var workers = all.Pods.Where(pod => pod.Component == "worker").ToArray();
        if (workers.Length == 0) yield return "there is no pool of workers";
        foreach (var pod in workers)
        {
            var pool = pod.Labels.GetValueOrDefault("vivit/pool");
            if (pool is null)
            {
                yield return $"{pod.Owner}: serves no pool";
                continue;
            }

            if (pod.Owner.Name != $"vivit-worker-{pool}") yield return $"{pod.Owner}: serves the pool {pool}, but is not called so";
            if (!pod.Volumes.Any(volume => volume.Text("secret/secretName") == $"vivit-worker-token-{pool}")) yield return $"{pod.Owner}: has another token than its pool's";
            foreach (var container in pod.Containers)
            {
                if (container.Body.Items("env").FirstOrDefault(entry => entry.Holds("name", "VIVIT_POOL")).Text("valueFrom/fieldRef/fieldPath") != "metadata.labels['vivit/pool']") yield return $"{container}: does not take its pool from its label";
            }

            if (!pod.Volumes.Any(volume => volume.Holds("emptyDir/medium", "Memory") && volume.At("emptyDir/sizeLimit") is not null
                && pod.Containers.Any(container => container.Mounts.Any(mount => mount.Path == "/dev/shm" && mount.Volume == volume.Text("name"))))) yield return $"{pod.Owner}: /dev/shm is not memory within a limit";
        }
    }

    private static IEnumerable<string> Scaling(Rendered all)
    {
        foreach (var scaled in all.Of("ScaledObject"))
        {
            if (all.Find(scaled.Body.Text("spec/scaleTargetRef/kind") ?? "Deployment", scaled.Body.Text("spec/scaleTargetRef/name")) is not { } target)
            {
                yield return $"{scaled}: there is no {scaled.Body.Text("spec/scaleTargetRef/name")}";
                continue;
            }

            if (target.Body.At("spec/replicas") is not null) yield return $"{target}: each apply would undo the number that {scaled} chose";
            if (Number(scaled, "maxReplicaCount") <= Number(scaled, "minReplicaCount")) yield return $"{scaled}: has nothing to choose";
            var pool = target.Pod!.Labels.GetValueOrDefault("vivit/pool");
            foreach (var trigger in scaled.Body.Items("spec/triggers").Where(trigger => trigger.Holds("type", "prometheus")))
            {
                if (AskedPool().Match(trigger.Text("metadata/query") ?? "").Groups[1].Value != pool) yield return $"{scaled}: asks for another pool than {pool}";
                foreach (var unknown in Metrics().Matches(trigger.Text("metadata/query") ?? "").Select(metric => metric.Value).Where(metric => !Told.Value.Contains(metric))) yield return $"{scaled}: there is no metric {unknown}";
                if (trigger.Text("metadata/ignoreNullValues") != "false") yield return $"{scaled}: while nobody answers it would take away what trains";
            }
        }
    }

    private static int Number(Manifest scaled, string name) => int.Parse(scaled.Body.Text($"spec/{name}") ?? "0", CultureInfo.InvariantCulture);

    [GeneratedRegex(@"\bvivit_\w+")]
    private static partial Regex Metrics();

    [GeneratedRegex("""vivit_slots_wanted\{pool="([^"]+)"\}""")]
    private static partial Regex AskedPool();
}
