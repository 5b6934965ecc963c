using ViViT.Dashboards;
using ViViT.Preview.Asking;

namespace ViViT.Grafana.Tests;

/// <summary>The committed dashboards.</summary>
internal static class Files
{
    public static IReadOnlyList<DashboardFile> All { get; } = [.. Directory.GetFiles(DashboardFiles.Folder, "*.json").Order(StringComparer.Ordinal).Select(DashboardFile.Load)];

    public static TheoryData<string> Uids => [.. All.Select(dashboard => dashboard.Uid)];

    public static DashboardFile Find(string uid) => All.Single(dashboard => dashboard.Uid == uid);
}
