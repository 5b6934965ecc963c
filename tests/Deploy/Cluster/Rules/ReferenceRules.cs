using System.Text.Json.Nodes;

namespace ViViT.Deploy.Tests.Cluster.Rules;

/// <summary>What objects say of each other: every name leads to something, every selector chooses what it should.</summary>
internal static class ReferenceRules
{
    private const string Home = "vivit";

    private static readonly string[] OfTheCluster = ["Namespace", "PriorityClass", "ClusterQueue", "ResourceFlavor", "WorkloadPriorityClass", "ClusterRole", "ClusterRoleBinding", "StorageClass"];

    public static IEnumerable<string> Problems(Rendered all) => [.. Namespaces(all), .. Selectors(all), .. Services(all), .. Budgets(all), .. Names(all), .. Accounts(all), .. Monitors(all)];

    private static IEnumerable<string> Namespaces(Rendered all) =>
        all.Objects.Where(one => one.Namespace != (OfTheCluster.Contains(one.Kind) ? null : Home)).Select(one => $"{one}: is in the namespace '{one.Namespace}'")
            .Concat(all.Objects.GroupBy(one => (one.Group, one.Kind, one.Name)).Where(group => group.Count() > 1).Select(group => $"{group.First()}: is there twice"));

    private static IEnumerable<string> Selectors(Rendered all)
    {
        foreach (var deployment in all.Of("Deployment"))
        {
            var chosen = all.Pods.Where(pod => Selector.Chooses(deployment.Body.At("spec/selector"), pod.Labels)).Select(pod => pod.Owner).ToArray();
            if (!chosen.Contains(deployment)) yield return $"{deployment}: does not choose its own pods";
            foreach (var other in chosen.Where(owner => owner != deployment)) yield return $"{deployment}: chooses the pods of {other}";
            foreach (var spread in deployment.Body.Items("spec/template/spec/topologySpreadConstraints").Where(spread => !Selector.Chooses(spread.At("labelSelector"), deployment.Pod!.Labels)))
            {
                yield return $"{deployment}: spreads other pods than its own over {spread.Text("topologyKey")}";
            }
        }
    }

    private static IEnumerable<string> Services(Rendered all)
    {
        foreach (var service in all.Of("Service"))
        {
            var pods = all.Pods.Where(pod => Selector.Chooses(new JsonObject { ["matchLabels"] = service.Body.At("spec/selector")!.DeepClone() }, pod.Labels)).ToArray();
            if (pods.Length == 0) yield return $"{service}: leads to no pod";
            foreach (var port in service.Body.Items("spec/ports"))
            {
                if (port.Text("name") is null) yield return $"{service}: a port has no name";
                foreach (var pod in pods.Where(pod => !PortNames(pod).Contains(port.Text("targetPort")))) yield return $"{service}: {pod.Owner} has no port called {port.Text("targetPort")}";
            }
        }
    }

    private static IEnumerable<string> Budgets(Rendered all)
    {
        foreach (var budget in all.Of("PodDisruptionBudget"))
        {
            var deployments = all.Of("Deployment").Where(one => Selector.Chooses(budget.Body.At("spec/selector"), one.Pod!.Labels)).ToArray();
            if (deployments.Length != 1) yield return $"{budget}: guards {deployments.Length} Deployments";
            if (budget.Body.Text("spec/maxUnavailable") is null or "0" or "0%") yield return $"{budget}: no node could ever be drained";
        }

        foreach (var silo in all.Of("Deployment").Where(one => one.Pod!.Component == "silo"))
        {
            if (!int.TryParse(silo.Body.Text("spec/replicas"), out var replicas) || replicas < 2) yield return $"{silo}: one alone is away whenever its node is";
            if (!all.Of("PodDisruptionBudget").Any(budget => Selector.Chooses(budget.Body.At("spec/selector"), silo.Pod!.Labels))) yield return $"{silo}: has no disruption budget";
        }
    }

    private static IEnumerable<string> Names(Rendered all)
    {
        foreach (var pod in all.Pods)
        {
            var from = pod.Template.All().OfType<JsonObject>().ToArray();
            foreach (var map in from.Select(node => node.At("configMapKeyRef")).OfType<JsonNode>())
            {
                if (all.Find("ConfigMap", map.Text("name"))?.Body.At("data")?[map.Text("key")!] is null) yield return $"{pod.Owner}: there is no {map.Text("key")} in a ConfigMap {map.Text("name")}";
            }

            foreach (var map in from.Select(node => node.Text("configMap/name")).OfType<string>().Where(name => all.Find("ConfigMap", name) is null)) yield return $"{pod.Owner}: there is no ConfigMap {map}";
            foreach (var claim in from.Select(node => node.Text("persistentVolumeClaim/claimName")).OfType<string>().Where(name => all.Find("PersistentVolumeClaim", name) is null)) yield return $"{pod.Owner}: there is no claim {claim}";
            if (pod.Spec.Text("priorityClassName") is not { } priority || all.Find("PriorityClass", priority) is null) yield return $"{pod.Owner}: has no priority class that there is";
            var volumes = pod.Volumes.Select(volume => volume.Text("name")).ToArray();
            foreach (var container in pod.Containers)
            {
                foreach (var mount in container.Mounts.Where(mount => !volumes.Contains(mount.Volume))) yield return $"{container}: there is no volume {mount.Volume}";
            }

            foreach (var volume in volumes.Except(pod.Containers.SelectMany(container => container.Mounts.Select(mount => mount.Volume)))) yield return $"{pod.Owner}: nobody mounts {volume}";
        }
    }

    // Only silos speak to Kubernetes, and only of pods.
    private static IEnumerable<string> Accounts(Rendered all)
    {
        foreach (var pod in all.Pods)
        {
            var token = pod.Spec.Text("automountServiceAccountToken");
            if (token != (pod.Component == "silo" ? "true" : "false")) yield return $"{pod.Owner}: automountServiceAccountToken is {token ?? "not said"}";
            if (pod.Spec.Text("serviceAccountName") is { } account && all.Find("ServiceAccount", account) is null) yield return $"{pod.Owner}: there is no account {account}";
        }

        foreach (var account in all.Of("ServiceAccount").Where(one => !one.Body.Holds("automountServiceAccountToken", "false"))) yield return $"{account}: gives its token to every pod that names it";
        foreach (var rule in all.Objects.Where(one => one.Kind is "Role" or "ClusterRole").SelectMany(role => role.Body.Items("rules").Select(rule => (role, rule))))
        {
            var allowed = rule.rule.Items("resources").Concat(rule.rule.Items("verbs")).Select(item => item.ToString()).Except(["pods", "get", "list", "watch", "patch"]);
            foreach (var more in allowed) yield return $"{rule.role}: allows {more}";
        }

        foreach (var binding in all.Of("RoleBinding"))
        {
            if (all.Find("Role", binding.Body.Text("roleRef/name")) is null) yield return $"{binding}: there is no role {binding.Body.Text("roleRef/name")}";
            foreach (var subject in binding.Body.Items("subjects").Where(subject => all.Find("ServiceAccount", subject.Text("name")) is null)) yield return $"{binding}: there is no account {subject.Text("name")}";
        }
    }

    private static IEnumerable<string> Monitors(Rendered all)
    {
        foreach (var monitor in all.Of("PodMonitor"))
        {
            var pods = all.AllPods.Where(pod => Selector.Chooses(monitor.Body.At("spec/selector"), pod.Labels)).Select(pod => pod.Name).ToArray();
            if (pods.Length == 0) yield return $"{monitor}: finds no pod";
            foreach (var port in monitor.Body.Items("spec/podMetricsEndpoints").Select(endpoint => endpoint.Text("port")))
            {
                foreach (var pod in all.Pods.Where(pod => pods.Contains(pod.Owner.ToString()) && !PortNames(pod).Contains(port))) yield return $"{monitor}: {pod.Owner} has no port called {port}";
            }
        }
    }

    private static IEnumerable<string?> PortNames(Pod pod) => pod.Containers.SelectMany(container => container.Body.Items("ports")).Select(port => port.Text("name"));
}
