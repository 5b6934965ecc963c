using ViViT.Deploy.Tests.Cluster.Rules;

namespace ViViT.Deploy.Tests.Cluster;

/// <summary>The rules themselves: a whole overlay, broken in one place, is found to be broken there.</summary>
public sealed class MutationTests
{
    /// <summary>Which object, the place in it, the YAML that is put there (nothing: it is taken away), and what is then said.</summary>
    [Theory]
    [InlineData("Deployment vivit-silo", "spec/template/spec/containers/0/resources/limits", null, "its memory has no limit")]
    [InlineData("Deployment vivit-silo", "spec/template/spec/containers/0/resources/requests/cpu", null, "asks for no cpu")]
    [InlineData("Deployment vivit-worker-l4", "spec/template/spec/containers/0/resources/limits/nvidia.com~1gpu", null, "asks for 0 kinds")]
    [InlineData("Deployment vivit-silo", "spec/template/spec/containers/0/securityContext", null, "vivit-silo (silo): may gain privileges")]
    [InlineData("Deployment vivit-silo", "spec/template/spec/containers/0/securityContext/readOnlyRootFilesystem", "false", "its root can be written to")]
    [InlineData("Deployment vivit-silo", "spec/template/spec/securityContext", null, "Deployment vivit-silo: may run as root")]
    [InlineData("Deployment vivit-silo", "spec/template/spec/hostNetwork", "true", "hostNetwork")]
    [InlineData("Deployment vivit-silo", "spec/template/spec/containers/0/livenessProbe", null, "lacks a livenessProbe")]
    [InlineData("Deployment vivit-silo", "spec/template/spec/containers/0/livenessProbe/httpGet/port", "api", "its livenessProbe asks api")]
    [InlineData("Deployment vivit-silo", "spec/template/spec/containers/0/image", "registry.example.com/vivit-silo:latest", "is not pinned")]
    [InlineData("Deployment vivit-silo", "spec/selector/matchLabels", "{app.kubernetes.io/name: vivit}", "chooses the pods of Deployment vivit-worker-l4")]
    [InlineData("Deployment vivit-silo", "spec/selector/matchLabels", "{app: vivit}", "does not choose its own pods")]
    [InlineData("Deployment vivit-silo", "spec/replicas", "1", "one alone is away")]
    [InlineData("PodDisruptionBudget vivit-silo", "spec/maxUnavailable", "0", "no node could ever be drained")]
    [InlineData("PodDisruptionBudget vivit-worker-l4", "spec/selector/matchLabels", "{app: worker}", "guards 0 Deployments")]
    [InlineData("Service vivit-silo", "spec/ports/0/name", null, "a port has no name")]
    [InlineData("Service vivit-silo", "spec/ports/0/targetPort", "web", "has no port called web")]
    [InlineData("Service vivit-silo", "spec/selector", "{app: silo}", "leads to no pod")]
    [InlineData("NetworkPolicy vivit-default-deny", "spec/policyTypes", "[Ingress]", "is not denied")]
    [InlineData("NetworkPolicy vivit-silo", "spec/podSelector/matchLabels", "{app: silo}", "Deployment vivit-silo: no network policy is about it")]
    [InlineData("NetworkPolicy vivit-silo", "spec/ingress/1/from/0/podSelector", "{}", "lets others than silos in")]
    [InlineData("NetworkPolicy vivit-silo", "spec/egress/2/to/0/ipBlock/except", null, "reaches the machine's metadata service")]
    [InlineData("NetworkPolicy vivit-silo", "spec/ingress/0/from", null, "lets anybody in")]
    [InlineData("NetworkPolicy vivit-worker", "spec/egress/0/ports/0/port", "5861", "does not reach the silos")]
    [InlineData("NetworkPolicy vivit-postgres", "spec/ingress/0/from/1", "{podSelector: {matchLabels: {app.kubernetes.io/name: vivit}}}", "Deployment vivit-worker-l4: reaches the database", "egress")]
    [InlineData("Deployment vivit-silo", "spec/template/spec/containers/0/env/0/name", "VIVIT_POSTGRESS", "Silo does not read VIVIT_POSTGRESS")]
    [InlineData("Deployment vivit-silo", "spec/template/spec/containers/0/env/0/name", "HOME", "Silo cannot start without VIVIT_POSTGRES")]
    [InlineData("Deployment vivit-worker-l4", "spec/template/spec/containers/0/args", "[agent, --drain-when-idel]", "--drain-when-idel is no flag")]
    [InlineData("Deployment vivit-silo", "spec/template/spec/containers/0/env/2/value", "http://0.0.0.0:5860", "tokens would travel unencrypted")]
    [InlineData("Deployment vivit-worker-l4", "spec/template/spec/containers/0/env/0/value", "http://vivit-silo:5860", "shows its token unencrypted")]
    [InlineData("Deployment vivit-worker-l4", "spec/template/spec/terminationGracePeriodSeconds", "60", "is killed after 60 s")]
    [InlineData("Deployment vivit-worker-l4", "spec/template/spec/volumes/0/name", "temporary", "there is no volume ")]
    [InlineData("Deployment vivit-worker-l4", "spec/template/spec/automountServiceAccountToken", null, "automountServiceAccountToken is not said")]
    [InlineData("Deployment vivit-worker-l4", "spec/template/spec/serviceAccountName", "default", "there is no account default")]
    [InlineData("Deployment vivit-worker-l4", "spec/template/metadata/labels/vivit~1pool", "l5", "has another token than its pool's")]
    [InlineData("Deployment vivit-worker-l4", "spec/template/spec/priorityClassName", "urgent", "has no priority class that there is")]
    [InlineData("Deployment vivit-worker-l4", "spec/replicas", "3", "would undo the number")]
    [InlineData("ScaledObject vivit-worker-l4", "spec/scaleTargetRef/name", "vivit-worker", "there is no vivit-worker")]
    [InlineData("ScaledObject vivit-worker-l4", "spec/triggers/0/metadata/query", "max(vivit_slots_wanted{pool=\"l5\"})", "asks for another pool than l4")]
    [InlineData("ScaledObject vivit-worker-l4", "spec/triggers/0/metadata/query", "max(vivit_slots_wantd{pool=\"l4\"})", "there is no metric vivit_slots_wantd")]
    [InlineData("ScaledObject vivit-worker-l4", "spec/triggers/0/metadata/ignoreNullValues", "\"true\"", "would take away what trains")]
    [InlineData("PodMonitor vivit-silo", "spec/podMetricsEndpoints/0/port", "metrics", "has no port called metrics")]
    [InlineData("PodMonitor vivit-silo", "spec/selector", "{matchLabels: {app: silo}}", "finds no pod")]
    [InlineData("Role vivit-silo", "rules/0/resources", "[secrets]", "allows secrets")]
    [InlineData("ConfigMap *", "data/silo", null, "there is no silo in a ConfigMap")]
    [InlineData("Deployment vivit-silo", "spec/template/spec/volumes/1/secret/secretName", "vivit-tls", "does not say how to make the Secret vivit-tls")]
    [InlineData("Deployment vivit-silo", "metadata/namespace", "default", "is in the namespace 'default'")]
    [InlineData("PriorityClass vivit-batch", "metadata/namespace", "vivit", "is in the namespace 'vivit'")]
    public async Task A_broken_overlay_is_found(string which, string place, string? yaml, string said, string? also = null)
    {
        var broken = (await Kustomize.Overlay("gke")).Copy();
        Assert.DoesNotContain(AllRules.Problems(broken), problem => problem.Contains(said, StringComparison.Ordinal));

        Mutation.Put(which == "ConfigMap *" ? broken.Of("ConfigMap").First(map => map.Body.At("data/silo") is not null) : broken.Objects.Single(one => one.ToString() == which), place, yaml);
        if (also == "egress") Mutation.Put(broken.Find("NetworkPolicy", "vivit-worker")!, "spec/egress/3", "{ports: [{port: 5432}], to: [{podSelector: {}}]}");

        Assert.Contains(AllRules.Problems(broken), problem => problem.Contains(said, StringComparison.Ordinal));
    }
}
