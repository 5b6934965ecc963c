namespace ViViT.Contracts.Telemetry;

/// <summary>
/// Other people's instruments under names that Prometheus' own check accepts: theirs end in "count", which Prometheus keeps for histograms.
/// </summary>
public static class MetricRenames
{
    /// <summary>From the instrument's name to the one that is scraped.</summary>
    public static IReadOnlyDictionary<string, string> All { get; } = new Dictionary<string, string>
    {
        ["dotnet.assembly.count"] = "dotnet.assemblies",
        ["dotnet.process.cpu.count"] = "dotnet.process.cpus",
        ["dotnet.timer.count"] = "dotnet.timers",
        ["db.client.connection.count"] = "db.client.connections",
    };
}
