using System.Net;
using System.Text.Json.Nodes;

namespace ViViT.Deploy.Tests.Cluster.Rules;

/// <summary>Nothing speaks to anything but by a rule, and no rule goes too far.</summary>
internal static class NetworkRules
{
    private static readonly IPAddress Metadata = IPAddress.Parse("169.254.169.254");
    private static readonly string[] OrleansPorts = ["11111", "30000"];
    private static readonly string[] Both = ["Ingress", "Egress"];

    public static IEnumerable<string> Problems(Rendered all) => [.. DefaultDeny(all), .. Covered(all), .. Orleans(all), .. OpenEnds(all), .. Reach(all)];

    private static IEnumerable<string> DefaultDeny(Rendered all)
    {
        var denies = all.Of("NetworkPolicy").Any(policy => policy.Body.At("spec/podSelector") is JsonObject { Count: 0 } && policy.Body.At("spec/ingress") is null && policy.Body.At("spec/egress") is null
            && Types(policy).Order().SequenceEqual(Both.Order()));
        if (!denies) yield return "what no rule allows is not denied";
    }

    private static IEnumerable<string> Covered(Rendered all)
    {
        foreach (var (name, labels) in all.AllPods)
        {
            if (!all.Of("NetworkPolicy").Any(policy => policy.Body.At("spec/podSelector") is JsonObject { Count: > 0 } own && Selector.Chooses(own, labels) && Types(policy).Order().SequenceEqual(Both.Order())))
            {
                yield return $"{name}: no network policy is about it";
            }
        }

        foreach (var policy in all.Of("NetworkPolicy").Where(policy => policy.Body.At("spec/podSelector") is JsonObject { Count: > 0 } own && !all.AllPods.Any(pod => Selector.Chooses(own, pod.Labels))))
        {
            yield return $"{policy}: is about no pod";
        }
    }

    // They ask nobody who they are.
    private static IEnumerable<string> Orleans(Rendered all) =>
        from policy in all.Of("NetworkPolicy")
        from rule in policy.Body.Items("spec/ingress")
        let ports = rule.Items("ports").Select(port => port.Text("port")).ToArray()
        where ports.Length == 0 || ports.Intersect(OrleansPorts).Any()
        from peer in rule.Items("from").DefaultIfEmpty(new JsonObject())
        where !peer.Pairs("podSelector/matchLabels").ContainsValue("silo") || peer.At("namespaceSelector") is not null
        select $"{policy}: lets others than silos in to Orleans' ports";

    private static IEnumerable<string> OpenEnds(Rendered all)
    {
        foreach (var policy in all.Of("NetworkPolicy"))
        {
            foreach (var rule in policy.Body.Items("spec/ingress").Where(rule => !rule.Items("from").Any())) yield return $"{policy}: lets anybody in";
            foreach (var rule in policy.Body.Items("spec/egress").Where(rule => !rule.Items("to").Any())) yield return $"{policy}: lets out to anywhere";
            foreach (var rule in policy.Body.Items("spec/ingress").Concat(policy.Body.Items("spec/egress")).Where(rule => !rule.Items("ports").Any())) yield return $"{policy}: allows every port";
            foreach (var block in policy.Body.Items("spec/egress").SelectMany(rule => rule.Items("to")).Select(peer => peer.At("ipBlock")).OfType<JsonNode>())
            {
                if (Holds(block.Text("cidr")!) && !block.Items("except").Any(except => Holds(except.ToString()))) yield return $"{policy}: reaches the machine's metadata service";
            }
        }
    }

    // Who must speak to whom can.
    private static IEnumerable<string> Reach(Rendered all)
    {
        var silo = all.Pods.First(pod => pod.Component == "silo");
        foreach (var worker in all.Pods.Where(pod => pod.Component == "worker"))
        {
            if (!Reaches(all, worker.Labels, silo.Labels, "5860")) yield return $"{worker.Owner}: does not reach the silos";
            if (Reaches(all, worker.Labels, silo.Labels, "9464")) yield return $"{worker.Owner}: reaches the silos' management port";
        }

        foreach (var port in OrleansPorts.Where(port => !Reaches(all, silo.Labels, silo.Labels, port))) yield return $"silos do not reach each other at {port}";
        foreach (var database in all.AllPods.Where(pod => pod.Labels.ContainsKey("cnpg.io/cluster")))
        {
            foreach (var pod in all.Pods)
            {
                var reaches = Reaches(all, pod.Labels, database.Labels, "5432");
                if (reaches != pod.Component is "silo" or "migrate") yield return $"{pod.Owner}: {(reaches ? "reaches" : "does not reach")} the database";
            }
        }
    }

    private static bool Reaches(Rendered all, Dictionary<string, string> from, Dictionary<string, string> to, string port) =>
        Allows(all, "egress", "to", from, to, port) && Allows(all, "ingress", "from", to, from, port);

    private static bool Allows(Rendered all, string direction, string peers, Dictionary<string, string> own, Dictionary<string, string> other, string port) =>
        all.Of("NetworkPolicy").Where(policy => Selector.Chooses(policy.Body.At("spec/podSelector"), own)).SelectMany(policy => policy.Body.Items($"spec/{direction}"))
            .Any(rule => rule.Items("ports").Any(one => one.Holds("port", port))
                && rule.Items(peers).Any(peer => peer.At("namespaceSelector") is null && Selector.Chooses(peer.At("podSelector"), other)));

    private static IEnumerable<string> Types(Manifest policy) => policy.Body.Items("spec/policyTypes").Select(type => type.ToString());

    private static bool Holds(string cidr) => IPNetwork.Parse(cidr).Contains(Metadata);
}
