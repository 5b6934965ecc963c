using System.Text.Json.Nodes;
using ViViT.Contracts.Configuration;
using ViViT.Deploy.Tests.Images;

namespace ViViT.Deploy.Tests.Compose;

/// <summary>What the services of compose.yaml keep to. Each rule tells what is wrong, and nothing when all is well.</summary>
internal static class ComposeRules
{
    private const string Done = "service_completed_successfully";
    private const string Healthy = "service_healthy";

    public static IEnumerable<string> Problems(JsonObject file) => Services(file).SelectMany(service => (IEnumerable<string>)
    [
        .. Image(service), .. Hardening(service), .. Health(file, service), .. Order(file, service), .. Named(file, service), .. Mounts(service), .. Ports(service), .. Environment(service),
    ]).Concat(Unused(file)).Concat(Files(file));

    public static IEnumerable<(string Name, JsonNode Body)> Services(JsonObject file) => file["services"]!.AsObject().Select(service => (service.Key, service.Value!));

    private static IEnumerable<string> Image((string Name, JsonNode Body) service)
    {
        if (service.Body.Text("image") is not { } image || !ImageReference.IsPinned(image)) yield return $"{service.Name}: its image is not pinned to a version";
    }

    private static IEnumerable<string> Hardening((string Name, JsonNode Body) service)
    {
        if (!service.Body.Holds("read_only", "true")) yield return $"{service.Name}: its root can be written to";
        if (!service.Body.Items("cap_drop").Any(item => item.ToString() == "ALL")) yield return $"{service.Name}: keeps capabilities";
        if (!service.Body.Items("security_opt").Any(item => item.ToString() == "no-new-privileges:true")) yield return $"{service.Name}: may gain privileges";
        if (service.Body.At("privileged") is not null || service.Body.At("cap_add") is not null || service.Body.At("network_mode") is not null) yield return $"{service.Name}: has rights of the machine";
        if (service.Body.At("build") is null && !int.TryParse(service.Body.Text("user")?.Split(':')[0], out var user) | user <= 0) yield return $"{service.Name}: may run as root";
    }

    private static IEnumerable<string> Health(JsonObject file, (string Name, JsonNode Body) service)
    {
        if (!IsHealthChecked(service.Body) && !RunsOnce(file, service.Name) && !IsCommand(service.Body)) yield return $"{service.Name}: nobody knows whether it is well";
    }

    private static IEnumerable<string> Order(JsonObject file, (string Name, JsonNode Body) service)
    {
        foreach (var (other, condition) in Dependencies(service.Body))
        {
            if (file.At($"services/{other}") is not { } body) yield return $"{service.Name}: waits for {other}, which there is not";
            else if (condition == Healthy && !IsHealthChecked(body)) yield return $"{service.Name}: waits for the health of {other}, which is not checked";
            else if (condition == Done && body.Text("restart") is not "on-failure") yield return $"{service.Name}: waits for the end of {other}, which is started again";
            else if (condition is not (Healthy or Done)) yield return $"{service.Name}: does not wait for {other} to be well";
        }
    }

    private static IEnumerable<string> Named(JsonObject file, (string Name, JsonNode Body) service) =>
        from kind in new[] { "volumes", "secrets", "networks" }
        from name in Names(service.Body, kind)
        where file.At($"{kind}/{name}") is null
        select $"{service.Name}: there is no {kind[..^1]} {name}";

    private static IEnumerable<string> Mounts((string Name, JsonNode Body) service) =>
        from mount in service.Body.Items("volumes").Select(item => item.ToString())
        where mount[0] == '.'
        let source = Path.GetFullPath(Path.Combine(Repository.At("deploy"), mount.Split(':')[0]))
        from problem in (string[])[.. Path.Exists(source) ? (string[])[] : [$"{service.Name}: there is no {mount.Split(':')[0]}"], .. mount.EndsWith(":ro", StringComparison.Ordinal) ? (string[])[] : [$"{service.Name}: could write to {mount}"]]
        select problem;

    private static IEnumerable<string> Ports((string Name, JsonNode Body) service) =>
        service.Body.Items("ports").Select(port => port.ToString()).Where(port => !port.StartsWith("127.0.0.1:", StringComparison.Ordinal)).Select(port => $"{service.Name}: {port} is open to other machines");

    private static IEnumerable<string> Environment((string Name, JsonNode Body) service)
    {
        var environment = service.Body.Pairs("environment").ToDictionary(pair => pair.Key, pair => (string?)pair.Value);
        var secret = environment.Keys.Where(name => name.EndsWith("PASSWORD", StringComparison.Ordinal) || name.EndsWith("TOKEN", StringComparison.Ordinal));
        var problems = secret.Select(name => $"{name} is no secret here: anybody who may ask for the container's settings reads it");
        if (ProgramOf(service.Body) is var program && program is not Programs.None)
        {
            var image = Dockerfile.Read(Repository.At(service.Body.Text("build/dockerfile")!)).Last.Environment;
            var whole = image.Where(pair => !environment.ContainsKey(pair.Key)).Concat(environment).ToDictionary();
            problems = problems.Concat(ProgramSettings.Problems(program, environment)).Concat(ProgramSettings.Missing(program, whole, migrates: service.Body.Holds("command/0", "migrate")));
            if (!service.Body.Holds("command/0", "migrate")) problems = problems.Concat(Paths(service.Body, whole));
        }

        return problems.Select(problem => $"{service.Name}: {problem}");
    }

    // What a program of ours writes to, or is told to read, must be there: its root is read-only.
    private static IEnumerable<string> Paths(JsonNode service, Dictionary<string, string?> environment)
    {
        var mounted = service.Items("volumes").Select(item => item.ToString().Split(':')[1]).Concat(service.Items("tmpfs").Select(item => item.ToString().Split(':')[0])).ToArray();
        return from setting in new Setting[] { Settings.TokenFile, Settings.Data, Settings.Checkpoints }
               where environment.GetValueOrDefault(setting.Variable) is { } path && !mounted.Any(folder => path == folder || path.StartsWith($"{folder}/", StringComparison.Ordinal))
               select $"{setting.Variable} is in no volume";
    }

    private static IEnumerable<string> Unused(JsonObject file) =>
        from kind in new[] { "volumes", "secrets", "networks" }
        from name in file.Pairs(kind).Keys
        where !Services(file).Any(service => Names(service.Body, kind).Contains(name))
        select $"no service uses the {kind[..^1]} {name}";

    // Each is made by deploy/up.
    private static IEnumerable<string> Files(JsonObject file) =>
        from secret in file["secrets"]!.AsObject()
        where secret.Value.Text("file") != $"./secrets/{secret.Key}" || !File.ReadLines(Repository.At("deploy/up")).Any(line => line.Split(' ') is ["secret", var name, ..] && name == secret.Key)
        select $"deploy/up does not make the secret {secret.Key}";

    private static IEnumerable<string> Names(JsonNode service, string kind) => kind switch
    {
        "volumes" => service.Items(kind).Select(item => item.ToString().Split(':')[0]).Where(source => source[0] is not ('.' or '/')),
        _ when service.At(kind) is JsonObject members => members.Select(member => member.Key),
        _ => service.Items(kind).Select(item => item.ToString()),
    };

    private static IEnumerable<(string Service, string Condition)> Dependencies(JsonNode service) => service.At("depends_on") switch
    {
        JsonObject conditions => conditions.Select(one => (one.Key, one.Value.Text("condition") ?? "")),
        JsonArray names => names.Select(name => (name!.ToString(), "")),
        _ => [],
    };

    private static bool IsHealthChecked(JsonNode service) => service.At("healthcheck") is not null
        || (service.Text("build/dockerfile") is { } dockerfile && Dockerfile.Read(Repository.At(dockerfile)).Last.Of("HEALTHCHECK").Any());

    private static bool RunsOnce(JsonObject file, string name) => Services(file).SelectMany(service => Dependencies(service.Body)).Any(other => other == (name, Done));

    // Run by hand, and not with the others.
    private static bool IsCommand(JsonNode service) => service.Items("profiles").Any(profile => profile.ToString() == "cli");

    private static Programs ProgramOf(JsonNode service) => Path.GetFileName(service.Text("build/dockerfile"))?.Split('.')[0] switch
    {
        null => Programs.None,
        "silo" => Programs.Silo,
        "cli" => Programs.Cli,
        _ => Programs.Worker,
    };
}
