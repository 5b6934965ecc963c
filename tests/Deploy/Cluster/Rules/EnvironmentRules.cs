using System.Globalization;
using ViViT.Contracts.Configuration;

namespace ViViT.Deploy.Tests.Cluster.Rules;

/// <summary>What programs are told: each variable is one that they read, each path one that there is, no secret in the open.</summary>
internal static class EnvironmentRules
{
    // Between the end of the grace and the kill: the agent's last words to the silo.
    private const int Margin = 5;

    private static readonly Setting[] Paths = [Settings.TokenFile, Settings.Data, Settings.Checkpoints, Settings.TlsCertificate, Settings.TlsKey, Settings.CertificateAuthority];
    private static readonly Setting[] Written = [Settings.Data, Settings.Checkpoints];

    public static IEnumerable<string> Problems(Rendered all) => all.Containers.SelectMany(container => (IEnumerable<string>)
        [.. Variables(container), .. Files(container), .. OpenSecrets(container), .. Grace(container), .. Cluster(container), .. Encryption(container)]);

    private static IEnumerable<string> Variables(Container container) => ProgramOf(container) switch
    {
        Programs.None => [],
        var program => ProgramSettings.Problems(program, container.Environment)
            .Concat(ProgramSettings.Missing(program, container.Environment, migrates: container.Body.Holds("args/0", "migrate")))
            .Concat(ProgramSettings.Flags(program, [.. container.Body.Items("args").Skip(1).Select(argument => argument.ToString())]))
            .Select(problem => $"{container}: {problem}"),
    };

    private static IEnumerable<string> Files(Container container)
    {
        foreach (var setting in Paths)
        {
            if (container.Environment.GetValueOrDefault(setting.Variable) is not { } path) continue;
            var mount = container.Mounts.FirstOrDefault(mount => path == mount.Path || path.StartsWith($"{mount.Path}/", StringComparison.Ordinal));
            if (mount.Path is null) yield return $"{container}: {setting.Variable} is in no volume";
            else if (mount.ReadOnly && Written.Contains(setting)) yield return $"{container}: {setting.Variable} cannot be written to";
        }
    }

    private static IEnumerable<string> OpenSecrets(Container container) =>
        from variable in container.Environment
        where variable.Value is not null && (variable.Key.EndsWith("PASSWORD", StringComparison.Ordinal) || variable.Key.EndsWith("TOKEN", StringComparison.Ordinal)
            || variable.Value.Contains("Password=", StringComparison.OrdinalIgnoreCase))
        select $"{container}: {variable.Key} holds a secret in the open";

    private static IEnumerable<string> Grace(Container container)
    {
        if (ProgramOf(container) != Programs.Worker) yield break;
        var grace = Number(container.Environment.GetValueOrDefault(Settings.Grace.Variable) ?? Settings.Grace.Default!);
        var patience = Number(container.Pod.Spec.Text("terminationGracePeriodSeconds") ?? "30");
        if (grace + Margin > patience) yield return $"{container}: takes {grace} s to save and hand back, and is killed after {patience} s";
    }

    private static IEnumerable<string> Cluster(Container container)
    {
        if (container.Pod.Component != "silo") yield break;
        if (container.Environment.GetValueOrDefault(Settings.Clustering.Variable) != "kubernetes") yield return $"{container}: silos do not find each other";
        if (container.Environment.GetValueOrDefault(Settings.Migrate.Variable) != "never") yield return $"{container}: changes the schema, with rights that it should not have";
        foreach (var name in new[] { "POD_NAME", "POD_NAMESPACE", "POD_IP", "ORLEANS_SERVICE_ID", "ORLEANS_CLUSTER_ID" }.Except(container.Environment.Keys)) yield return $"{container}: Orleans needs {name}";
        foreach (var label in new[] { "orleans/serviceId", "orleans/clusterId" }.Except(container.Pod.Labels.Keys)) yield return $"{container}: Orleans needs the label {label}";
    }

    private static IEnumerable<string> Encryption(Container container)
    {
        var told = container.Environment;
        if (container.Pod.Component == "silo" && !(told.GetValueOrDefault(Settings.Listen.Variable)?.StartsWith("https://", StringComparison.Ordinal) == true && told.ContainsKey(Settings.TlsCertificate.Variable)))
        {
            yield return $"{container}: tokens would travel unencrypted";
        }

        if (container.Pod.Component == "worker" && told.GetValueOrDefault(Settings.Server.Variable)?.StartsWith("https://", StringComparison.Ordinal) != true) yield return $"{container}: shows its token unencrypted";
        if (container.Pod.Component == "worker" && !told.ContainsKey(Settings.CertificateAuthority.Variable)) yield return $"{container}: does not know who signed the silo's certificate";
    }

    private static Programs ProgramOf(Container container) => container.Image.Split('/')[^1].Split(':', '@')[0] switch
    {
        "vivit-silo" => Programs.Silo,
        "vivit-worker" or "vivit-worker-cuda" => Programs.Worker,
        _ => Programs.None,
    };

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
