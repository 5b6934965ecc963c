using System.Text.Json.Nodes;
using ViViT.Deploy.Tests.Cluster.Rules;

namespace ViViT.Deploy.Tests.Cluster;

/// <summary>Every overlay as a whole: it renders, it is of the right types, it keeps to the rules.</summary>
public sealed class OverlayTests
{
    public static TheoryData<string> Overlays => [.. Directory.GetDirectories(Repository.At("deploy/k8s/overlays")).Select(Path.GetFileName).OfType<string>().Order()];

    [Fact]
    public void There_is_an_overlay_for_one_machine_and_for_each_of_three_clouds() => Assert.Superset(new HashSet<string> { "aks", "eks", "gke", "local" }, Overlays.Select(overlay => overlay.Data).ToHashSet());

    [Theory]
    [MemberData(nameof(Overlays))]
    public async Task An_overlay_keeps_to_the_rules(string overlay)
    {
        var rendered = await Kustomize.Overlay(overlay);

        Assert.NotEmpty(rendered.Objects);
        Assert.Empty(AllRules.Problems(rendered));
    }

    [Theory]
    [InlineData("keda", "ScaledObject")]
    [InlineData("kueue", "ClusterQueue")]
    [InlineData("monitoring", "PodMonitor")]
    [InlineData("cnpg", "ScheduledBackup")]
    [InlineData("cert-manager", "Certificate")]
    [InlineData("external-secrets", "ExternalSecret")]
    public async Task Every_component_is_in_some_overlay(string component, string kind)
    {
        Assert.True(Directory.Exists(Repository.At($"deploy/k8s/components/{component}")));
        var kinds = new List<string>();
        foreach (var overlay in Overlays) kinds.AddRange((await Kustomize.Overlay(overlay.Data)).Objects.Select(one => one.Kind));

        Assert.Contains(kind, kinds);
    }

    [Fact]
    public async Task A_pool_of_slices_asks_for_a_slice_and_for_no_whole_gpu()
    {
        var worker = (await Kustomize.Overlay("aks")).Find("Deployment", "vivit-worker-a100-mig")!;

        Assert.Equal(["memory", "nvidia.com/mig-1g.10gb"], worker.Body.Pairs("spec/template/spec/containers/0/resources/limits").Keys.Order());
    }

    [Fact]
    public async Task The_Job_form_is_the_Deployments_pod_but_for_how_it_ends()
    {
        var deployment = (await Kustomize.Render("worker")).Find("Deployment", "vivit-worker")!.Body.At("spec/template")!.DeepClone();
        var job = (await Kustomize.Render("worker-job")).Find("Job", "vivit-worker")!.Body.At("spec/template")!.DeepClone();

        Assert.Equal("""["agent","--drain-when-idle"]""", job.At("spec/containers/0/args")!.ToJsonString());
        Assert.Equal("Never", job.Text("spec/restartPolicy"));
        job.At("spec/containers/0")!["args"] = new JsonArray("agent");
        job["spec"]!.AsObject().Remove("restartPolicy");
        Assert.True(JsonNode.DeepEquals(deployment, job), $"{deployment}\n{job}");
    }

    [Fact]
    public async Task Kueue_admits_the_Jobs_of_workers_and_of_nothing_else()
    {
        var jobs = (await Kustomize.Overlay("eks")).Of("Job").ToArray();

        Assert.Equal(["vivit-worker-l4-jobs"], jobs.Where(job => job.Body.At("metadata/labels/kueue.x-k8s.io~1queue-name") is not null).Select(job => job.Name));
        Assert.All(jobs, job => Assert.Equal(job.Pod!.Component == "worker", job.Body.Holds("spec/suspend", "true")));
        Assert.Contains((await Kustomize.Overlay("eks")).Of("LocalQueue"), queue => queue.Name == "vivit");
    }

    [Fact]
    public async Task The_database_has_a_follower_that_every_commit_waits_for()
    {
        foreach (var overlay in new[] { "gke", "eks", "aks" })
        {
            var cluster = (await Kustomize.Overlay(overlay)).Of("Cluster").Single().Body;
            Assert.Equal(("3", "1", "required"), (cluster.Text("spec/instances"), cluster.Text("spec/postgresql/synchronous/number"), cluster.Text("spec/postgresql/synchronous/dataDurability")));
            Assert.NotNull(cluster.At("spec/walStorage/storageClass"));
        }
    }
}
