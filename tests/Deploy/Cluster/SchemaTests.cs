namespace ViViT.Deploy.Tests.Cluster;

/// <summary>Every object of every overlay against the types of Kubernetes and of what is installed into it.</summary>
public sealed class SchemaTests
{
    // Which object, the place in it, the YAML that is put there, and what is then said.
    private static readonly (string Which, string Place, string Yaml, string Said)[] Breaks =
    [
        ("Deployment vivit-silo", "spec/template/spec/terminationGracePeriod", "30", ".spec.template.spec.terminationGracePeriod:"),
        ("Deployment vivit-worker-l4", "spec/template/spec/containers/0/imagePullpolicy", "Always", ".spec.template.spec.containers[0].imagePullpolicy:"),
        ("Service vivit-silo", "spec/ports/0/port", "https", "port must be integer"),
        ("NetworkPolicy vivit-worker", "spec/ingres", "[]", ".spec.ingres:"),
        ("ScaledObject vivit-worker-l4", "spec/triggers/0/metadata/threshold", "1", "threshold must be string"),
        ("ScaledObject vivit-worker-l4-spot", "spec/maxReplicas", "8", ".spec.maxReplicas:"),
        ("PodMonitor vivit-silo", "spec/podMetricsEndpoints/0/intervall", "15s", ".intervall:"),
        ("Cluster vivit-postgres", "spec/postgresql/synchronous/method", "some", "method"),
        ("ObjectStore vivit-postgres", "spec/configuration/destination", "s3://x", ".spec.configuration.destination:"),
        ("ClusterQueue vivit", "spec/resourceGroups/0/flavors/0/resources/0/quota", "8", ".quota:"),
        ("Certificate vivit-silo", "spec/dnsName", "[a]", ".spec.dnsName:"),
        ("ExternalSecret vivit-admin-token", "spec/target/nam", "x", ".spec.target.nam:"),
        ("Job vivit-migrate", "kind", "Jobb", "there is no batch/v1 Jobb"),
    ];

    /// <summary>Both in one run of the compiler, which takes its time to start.</summary>
    [Fact]
    public async Task Every_object_is_of_its_type_and_one_with_a_fault_is_not()
    {
        var objects = new List<Manifest>();
        foreach (var overlay in OverlayTests.Overlays) objects.AddRange((await Kustomize.Overlay(overlay.Data)).Objects);
        var broken = Breaks.Select(one =>
        {
            var copy = new Manifest(objects.First(known => known.ToString() == one.Which).Body.DeepClone().AsObject());
            Mutation.Put(copy, one.Place, one.Yaml);
            return (Object: copy, one.Said);
        }).ToArray();

        var problems = await SchemaCheck.Problems([.. objects, .. broken.Select(one => one.Object)]);

        Assert.DoesNotContain(problems, found => objects.Contains(found.Object));
        Assert.All(broken, one => Assert.Contains(problems, found => found.Object == one.Object && found.Problem.Contains(one.Said, StringComparison.Ordinal)));
    }
}
