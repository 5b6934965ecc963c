namespace ViViT.Deploy.Tests.Cluster;

/// <summary>Grafana in a cluster gets what Grafana elsewhere gets.</summary>
public sealed class DashboardTests
{
    private const int LargestConfigMap = 1 << 20;

    [Theory]
    [InlineData("grafana_dashboard", "deploy/grafana/dashboards")]
    [InlineData("grafana_datasource", "deploy/grafana/provisioning/datasources")]
    public async Task Every_file_is_in_a_ConfigMap_that_the_sidecar_watches_for(string label, string folder)
    {
        var maps = (await Kustomize.Overlay("gke")).Of("ConfigMap").Where(map => map.Body.Holds($"metadata/labels/{label}", "1")).ToArray();

        var expected = Directory.GetFiles(Repository.At(folder)).ToDictionary(file => Path.GetFileName(file), File.ReadAllText);
        Assert.NotEmpty(expected);
        Assert.Equal(expected, maps.SelectMany(map => map.Body.Pairs("data")).ToDictionary());
        Assert.All(maps, map => Assert.True(map.Body.ToJsonString().Length < LargestConfigMap, $"{map} is too large for a cluster"));
    }
}
