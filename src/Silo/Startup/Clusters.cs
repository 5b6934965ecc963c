using Npgsql;
using Orleans.Configuration;
using ViViT.Contracts.Configuration;
using ViViT.Silo.Configuration;

namespace ViViT.Silo.Startup;

/// <summary>Puts the silo into its cluster.</summary>
internal static class Clusters
{
    // By this name the provider finds Npgsql.
    private const string Invariant = "Npgsql";

    /// <param name="postgres">Connection string of the database that the members are listed in.</param>
    public static ISiloBuilder JoinCluster(this ISiloBuilder silo, ClusterSettings cluster, string postgres)
    {
        if (cluster.Clustering == Clustering.Localhost)
        {
            return silo.UseLocalhostClustering(
                cluster.SiloPort ?? FreePort.Find(), cluster.GatewayPort ?? FreePort.Find(), primarySiloEndpoint: null, cluster.ServiceId, cluster.ClusterId);
        }

        var (siloPort, gatewayPort) = (cluster.SiloPort ?? EndpointOptions.DEFAULT_SILO_PORT, cluster.GatewayPort ?? EndpointOptions.DEFAULT_GATEWAY_PORT);
        silo.Configure<ClusterOptions>(names => (names.ServiceId, names.ClusterId) = (cluster.ServiceId, cluster.ClusterId));
        // Migration 009 made its tables. It keeps connections of its own, and needs few.
        var members = new NpgsqlConnectionStringBuilder(postgres) { MaxPoolSize = 5, ApplicationName = "vivit-members" };
        silo.UseAdoNetClustering(table => (table.Invariant, table.ConnectionString) = (Invariant, members.ConnectionString));
        if (cluster.Address is { } address) silo.ConfigureEndpoints(address, siloPort, gatewayPort, listenOnAnyHostAddress: true);
        else silo.ConfigureEndpoints(siloPort, gatewayPort, listenOnAnyHostAddress: true);
        return cluster.Clustering == Clustering.Kubernetes ? silo.UseKubernetesHosting() : silo;
    }
}
