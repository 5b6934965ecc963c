using System.Net;
using ViViT.Contracts.Configuration;

namespace ViViT.Silo.Configuration;

/// <summary>How the silo finds others and is found by them.</summary>
/// <param name="SiloPort">Null: any free one, for a silo that is alone.</param>
/// <param name="GatewayPort">Null: any free one, for a silo that is alone.</param>
/// <param name="Address">That it tells the others; null: the host's own.</param>
/// <param name="ClusterId">Silos that say the same are one cluster.</param>
internal sealed record ClusterSettings(Clustering Clustering, int? SiloPort, int? GatewayPort, IPAddress? Address, string ServiceId, string ClusterId)
{
    private const string Ours = "vivit";

    /// <exception cref="SettingException">A setting cannot be used.</exception>
    public static ClusterSettings Read(SettingValues settings, Func<string, string?> variable)
    {
        return new(
            settings.Get(Settings.Clustering),
            settings.TryGet(Settings.OrleansSiloPort, out var silo) ? silo : null,
            settings.TryGet(Settings.OrleansGatewayPort, out var gateway) ? gateway : null,
            Text("POD_IP") is not { } ip ? null
                : IPAddress.TryParse(ip, out var address) ? address
                : throw new SettingException("POD_IP", "is no IP address. Give that of the pod (fieldRef: status.podIP), or leave it out."),
            Text("ORLEANS_SERVICE_ID") ?? Ours,
            Text("ORLEANS_CLUSTER_ID") ?? Ours);

        string? Text(string name) => variable(name) is { } text && !string.IsNullOrWhiteSpace(text) ? text.Trim() : null;
    }
}
