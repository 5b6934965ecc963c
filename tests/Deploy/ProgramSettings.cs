using ViViT.Contracts.Configuration;

namespace ViViT.Deploy.Tests;

/// <summary>Compares what a container is told with what its program reads.</summary>
internal static class ProgramSettings
{
    // Read by libraries of silo and worker: .NET, Npgsql, Orleans' Kubernetes hosting, OpenTelemetry.
    private static readonly Dictionary<Programs, string[]> ReadByLibraries = new()
    {
        [Programs.Silo] = ["PGPASSWORD", "POD_NAME", "POD_NAMESPACE", "POD_IP", "ORLEANS_SERVICE_ID", "ORLEANS_CLUSTER_ID", "OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_SERVICE_NAME", "OTEL_RESOURCE_ATTRIBUTES", "HOME"],
        [Programs.Worker] = ["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_SERVICE_NAME", "OTEL_RESOURCE_ATTRIBUTES", "HOME", "NVIDIA_DRIVER_CAPABILITIES", "LD_LIBRARY_PATH", "PATH"],
        [Programs.Cli] = ["HOME"],
    };

    /// <summary>Variables that the program does not read, and values that it would refuse. A value that is known only when it runs is given as null.</summary>
    public static IEnumerable<string> Problems(Programs program, IReadOnlyDictionary<string, string?> environment)
    {
        foreach (var (name, value) in environment)
        {
            if (ReadByLibraries[program].Contains(name)) continue;
            if (Settings.All.FirstOrDefault(setting => setting.Variable == name && setting.ReadBy.HasFlag(program)) is not { } setting)
            {
                yield return $"{program} does not read {name}";
            }
            else if (value is not null && Refusal(() => setting.Check(new(value, name))) is { } refusal)
            {
                yield return refusal;
            }
        }
    }

    /// <summary>Settings without which silo or worker does not start, and that are not given. The command line starts without any.</summary>
    public static IEnumerable<string> Missing(Programs program, IReadOnlyDictionary<string, string?> environment, bool migrates = false) =>
        from setting in migrates ? [Settings.Postgres] : Settings.All
        where program is not Programs.Cli && setting.ReadBy.HasFlag(program) && setting.IsRequired && !environment.ContainsKey(setting.Variable)
        select $"{program} cannot start without {setting.Variable}";

    /// <summary>Flags that the program would refuse.</summary>
    public static IEnumerable<string> Flags(Programs program, IReadOnlyList<string> flags) =>
        Refusal(() => SettingValues.Of(program, flags, _ => null)) is { } refusal ? [refusal] : [];

    private static string? Refusal(Action check)
    {
        try
        {
            check();
            return null;
        }
        catch (SettingException refusal)
        {
            return refusal.Message;
        }
    }
}
