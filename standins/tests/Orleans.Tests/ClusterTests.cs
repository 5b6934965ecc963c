using Orleans.Hosting;
using Orleans.Runtime;

namespace OrleansSemantics;

/// <summary>What the genuine packages do, this says it does not.</summary>
public sealed class ClusterTests
{
    [Fact]
    public async Task A_cluster_of_many_silos_is_refused_and_the_packages_are_named()
    {
        var refused = await Assert.ThrowsAsync<OrleansConfigurationException>(() => TestSilo.Start(silo => silo
            .UseAdoNetClustering(table => (table.Invariant, table.ConnectionString) = ("Npgsql", "Host=/nowhere"))
            .UseKubernetesHosting()));

        Assert.Contains("Microsoft.Orleans.Clustering.AdoNet and Microsoft.Orleans.Hosting.Kubernetes", refused.Message, StringComparison.Ordinal);
        Assert.Contains("UseStandIns=false", refused.Message, StringComparison.Ordinal);
    }
}
