using ViViT.Contracts.Configuration;
using ViViT.Silo.Configuration;
using ViViT.TestKit;

namespace ViViT.Silo.Tests;

public sealed class ClusterSettingsTests
{
    [Fact]
    public void Alone_a_silo_takes_any_ports_and_tells_nobody()
    {
        var cluster = Read();

        Assert.Equal((Clustering.Localhost, null, null, null, "vivit", "vivit"), (cluster.Clustering, cluster.SiloPort, cluster.GatewayPort, cluster.Address, cluster.ServiceId, cluster.ClusterId));
    }

    [Fact]
    public void In_Kubernetes_the_pod_says_who_and_where_it_is()
    {
        var cluster = Read(("VIVIT_CLUSTERING", "kubernetes"), ("POD_IP", "10.1.2.3"), ("ORLEANS_CLUSTER_ID", "blue"), ("ORLEANS_SERVICE_ID", "trainings"), ("VIVIT_ORLEANS_SILO_PORT", "11112"));

        Assert.Equal((Clustering.Kubernetes, 11112, "10.1.2.3", "trainings", "blue"), (cluster.Clustering, cluster.SiloPort!.Value, $"{cluster.Address}", cluster.ServiceId, cluster.ClusterId));
    }

    [Fact]
    public void An_address_that_is_none_is_told()
    {
        var refused = Assert.Throws<SettingException>(() => Read(("POD_IP", "pod-7")));

        Assert.StartsWith("POD_IP is no IP address.", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("postgres", "Microsoft.Orleans.Clustering.AdoNet")]
    [InlineData("kubernetes", "Microsoft.Orleans.Clustering.AdoNet and Microsoft.Orleans.Hosting.Kubernetes")]
    public async Task A_build_without_the_packages_of_a_cluster_says_which_it_takes(string clustering, string packages)
    {
        Assert.SkipUnless(typeof(Orleans.Grain).Assembly.GetName().Name == "Orleans.StandIn", "This build has them.");
        await using var database = await PostgresServer.CreateDatabase();

        await using var silo = SiloProcess.Launch(database.ConnectionString, ("VIVIT_CLUSTERING", clustering), ("POD_NAME", "p"), ("POD_NAMESPACE", "n"));

        Assert.Equal(2, await silo.ExitCode());
        Assert.Contains($"A cluster of silos takes {packages} and Microsoft.Orleans.Server", silo.Log, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", silo.Log, StringComparison.Ordinal);
    }

    private static ClusterSettings Read(params (string Name, string Value)[] variables)
    {
        var environment = variables.ToDictionary(variable => variable.Name, variable => variable.Value);
        return ClusterSettings.Read(SettingValues.Of(Programs.Silo, [], environment.GetValueOrDefault), environment.GetValueOrDefault);
    }
}
