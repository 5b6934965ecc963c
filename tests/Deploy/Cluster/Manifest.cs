using System.Text.Json.Nodes;

namespace ViViT.Deploy.Tests.Cluster;

/// <summary>One object as it would be sent to a cluster.</summary>
internal sealed class Manifest(JsonObject body)
{
    public JsonObject Body => body;

    public string Kind => Body.Text("kind")!;

    public string Group => Body.Text("apiVersion")!.Split('/') is [var group, _] ? group : "";

    public string Name => Body.Text("metadata/name")!;

    public string? Namespace => Body.Text("metadata/namespace");

    /// <summary>The pod that it makes, if it makes any.</summary>
    public Pod? Pod => Body.At("spec/template") is { } template && Kind is "Deployment" or "Job" ? new Pod(this, template) : null;

    public override string ToString() => $"{Kind} {Name}";
}

/// <summary>The pod that a Deployment or Job makes.</summary>
internal sealed record Pod(Manifest Owner, JsonNode Template)
{
    public Dictionary<string, string> Labels => Template.Pairs("metadata/labels");

    public JsonNode Spec => Template["spec"]!;

    public string? Component => Labels.GetValueOrDefault("app.kubernetes.io/component");

    public IEnumerable<Container> Containers => Spec.Items("initContainers").Concat(Spec.Items("containers")).Select(body => new Container(this, body));

    public IEnumerable<JsonNode> Volumes => Spec.Items("volumes");
}

internal sealed record Container(Pod Pod, JsonNode Body)
{
    public string Name => Body.Text("name")!;

    public string Image => Body.Text("image") ?? "";

    /// <summary>What it is told; null where the value comes from elsewhere.</summary>
    public Dictionary<string, string?> Environment => Body.Items("env").ToDictionary(entry => entry.Text("name")!, entry => entry.Text("value"));

    public IEnumerable<(string Path, string Volume, bool ReadOnly)> Mounts =>
        Body.Items("volumeMounts").Select(mount => (mount.Text("mountPath")!, mount.Text("name")!, mount.Holds("readOnly", "true")));

    public override string ToString() => $"{Pod.Owner} ({Name})";
}

/// <summary>A whole overlay.</summary>
internal sealed record Rendered(string Overlay, IReadOnlyList<Manifest> Objects)
{
    public IEnumerable<Pod> Pods => Objects.Select(one => one.Pod).OfType<Pod>();

    public IEnumerable<Container> Containers => Pods.SelectMany(pod => pod.Containers);

    public IEnumerable<Manifest> Of(string kind) => Objects.Where(one => one.Kind == kind);

    public Manifest? Find(string kind, string? name) => Objects.FirstOrDefault(one => one.Kind == kind && one.Name == name);

    /// <summary>Labels of all pods there will be: those of our own, and those that CloudNativePG makes.</summary>
    public IEnumerable<(string Name, Dictionary<string, string> Labels)> AllPods =>
        Pods.Select(pod => (pod.Owner.ToString(), pod.Labels))
            .Concat(Of("Cluster").Select(cluster => (cluster.ToString(), new Dictionary<string, string> { ["cnpg.io/cluster"] = cluster.Name, ["cnpg.io/podRole"] = "instance" })));

    public Rendered Copy() => this with { Objects = [.. Objects.Select(one => new Manifest(one.Body.DeepClone().AsObject()))] };
}
