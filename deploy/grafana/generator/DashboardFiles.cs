using System.Runtime.CompilerServices;

namespace ViViT.Dashboards;

/// <summary>The dashboards as files: what Grafana is provisioned with.</summary>
public static class DashboardFiles
{
    /// <summary>Where they are kept.</summary>
    public static string Folder { get; } = Beside();

    /// <summary>Name and text of every file.</summary>
    public static IEnumerable<(string Name, string Text)> All() =>
        ((Dashboard[])[SweepDashboard.Build(), ExperimentDashboard.Build(), FleetDashboard.Build(), GpuDashboard.Build(), StoreDashboard.Build(), ServiceDashboard.Build()])
        .Select(dashboard => ($"{dashboard.Uid["vivit-".Length..]}.json", dashboard.ToJson()));

    private static string Beside([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "dashboards"));
}
