using ViViT.Dashboards;

namespace ViViT.Grafana.Tests;

/// <summary>The files say what their source says.</summary>
public sealed class DashboardFilesTests
{
    [Fact]
    public async Task The_dashboards_are_those_that_the_generator_writes()
    {
        var update = Environment.GetEnvironmentVariable("VIVIT_UPDATE_DOCS") == "1";
        foreach (var (name, text) in DashboardFiles.All())
        {
            var path = Path.Combine(DashboardFiles.Folder, name);
            if (update) await File.WriteAllTextAsync(path, text);
            Assert.True(File.Exists(path) && await File.ReadAllTextAsync(path) == text, $"{path} is not what deploy/grafana/generator writes. VIVIT_UPDATE_DOCS=1 ./test Grafana writes it anew.");
        }

        Assert.Equal(DashboardFiles.All().Select(file => file.Name).Order(StringComparer.Ordinal), Directory.GetFiles(DashboardFiles.Folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }
}
