using ViViT.Deploy.Tests.Images;

namespace ViViT.Deploy.Tests.Cluster.Rules;

/// <summary>Resources, rights, probes and images of containers.</summary>
internal static class ContainerRules
{
    public static IEnumerable<string> Problems(Rendered all) => all.Containers.SelectMany(container => (IEnumerable<string>)
        [.. Resources(container), .. Rights(container), .. Probes(container), .. Image(container)]).Concat(all.Pods.SelectMany(PodRights));

    private static IEnumerable<string> Resources(Container container)
    {
        var (requests, limits) = (container.Body.Pairs("resources/requests"), container.Body.Pairs("resources/limits"));
        foreach (var lacking in new[] { "cpu", "memory" }.Except(requests.Keys)) yield return $"{container}: asks for no {lacking}";
        if (!limits.TryGetValue("memory", out var most)) yield return $"{container}: its memory has no limit";
        else if (requests.TryGetValue("memory", out var asked) && asked != most) yield return $"{container}: may use more memory than it asks for, and be killed for it";
        if (limits.ContainsKey("cpu")) yield return $"{container}: a limit of cpu slows it down while cores are idle";
        var gpus = limits.Where(limit => limit.Key.StartsWith("nvidia.com/", StringComparison.Ordinal)).ToArray();
        if (container.Environment.GetValueOrDefault("VIVIT_DEVICE") == "cuda" && gpus.Length != 1) yield return $"{container}: trains on GPUs and asks for {gpus.Length} kinds of them";
    }

    private static IEnumerable<string> Rights(Container container)
    {
        if (!container.Body.Holds("securityContext/allowPrivilegeEscalation", "false")) yield return $"{container}: may gain privileges";
        if (!container.Body.Holds("securityContext/readOnlyRootFilesystem", "true")) yield return $"{container}: its root can be written to";
        if (!container.Body.Items("securityContext/capabilities/drop").Any(item => item.ToString() == "ALL")) yield return $"{container}: keeps capabilities";
        if (container.Body.Holds("securityContext/privileged", "true")) yield return $"{container}: has rights of the machine";
    }

    private static IEnumerable<string> PodRights(Pod pod)
    {
        if (!pod.Spec.Holds("securityContext/runAsNonRoot", "true") || pod.Spec.Text("securityContext/runAsUser") is null or "0") yield return $"{pod.Owner}: may run as root";
        if (!pod.Spec.Holds("securityContext/seccompProfile/type", "RuntimeDefault")) yield return $"{pod.Owner}: may make any system call";
        foreach (var shared in new[] { "hostNetwork", "hostPID", "hostIPC" }.Where(name => pod.Spec.Holds(name, "true"))) yield return $"{pod.Owner}: {shared} shares what is the machine's";
        foreach (var volume in pod.Volumes.Where(volume => volume.At("hostPath") is not null)) yield return $"{pod.Owner}: {volume.Text("name")} is a folder of the machine";
    }

    // On the management port, which asks no database.
    private static IEnumerable<string> Probes(Container container)
    {
        if (container.Pod.Component is not ("silo" or "worker")) yield break; // what runs to its end says by that how it went
        foreach (var probe in new[] { "startupProbe", "readinessProbe", "livenessProbe" })
        {
            if (container.Body.At($"{probe}/httpGet") is not { } question) yield return $"{container}: lacks a {probe}";
            else if (!question.Holds("port", "management") || !question.Holds("path", probe == "readinessProbe" ? "/health/ready" : "/health/live")) yield return $"{container}: its {probe} asks {question.Text("port")}{question.Text("path")}";
        }

        if (!container.Body.Items("ports").Any(port => port.Holds("name", "management") && port.Holds("containerPort", "9464"))) yield return $"{container}: has no port called management";
        if (container.Environment.GetValueOrDefault("VIVIT_MANAGEMENT") != "http://0.0.0.0:9464") yield return $"{container}: does not serve the management port that is probed";
    }

    private static IEnumerable<string> Image(Container container)
    {
        if (!ImageReference.IsPinned(container.Image)) yield return $"{container}: {container.Image} is not pinned to a version";
    }
}
