using System.Text.Json.Nodes;

namespace ViViT.Deploy.Tests.Compose;

public sealed class ComposeTests
{
    private const string File = "deploy/compose.yaml";

    [Fact]
    public void The_services_keep_to_the_rules() => Assert.Empty(ComposeRules.Problems(Read()));

    [Fact]
    public void It_is_the_whole_stack() =>
        Assert.Superset(new HashSet<string> { "postgres", "migrate", "silo", "worker", "prometheus", "grafana" }, ComposeRules.Services(Read()).Select(service => service.Name).ToHashSet());

    /// <summary>Each rule by a file that breaks it: a place, the YAML that is put there (nothing: it is taken away), and what is then said.</summary>
    [Theory]
    [InlineData("services/postgres/image", "postgres:latest", "postgres: its image is not pinned")]
    [InlineData("services/silo/read_only", null, "silo: its root can be written to")]
    [InlineData("services/worker/cap_drop", "[NET_RAW]", "worker: keeps capabilities")]
    [InlineData("services/worker/security_opt", null, "worker: may gain privileges")]
    [InlineData("services/worker/privileged", "true", "worker: has rights of the machine")]
    [InlineData("services/grafana/user", null, "grafana: may run as root")]
    [InlineData("services/grafana/healthcheck", null, "grafana: nobody knows whether it is well")]
    [InlineData("services/postgres/healthcheck", null, "migrate: waits for the health of postgres, which is not checked")]
    [InlineData("services/silo/depends_on", "{migrat: {condition: service_completed_successfully}}", "silo: waits for migrat, which there is not")]
    [InlineData("services/worker/depends_on", "[silo]", "worker: does not wait for silo to be well")]
    [InlineData("services/migrate/restart", "unless-stopped", "silo: waits for the end of migrate, which is started again")]
    [InlineData("services/worker/volumes", "[tokn:/run/vivit:ro]", "worker: there is no volume tokn")]
    [InlineData("services/silo/secrets", "[silo_password]", "silo: there is no secret silo_password")]
    [InlineData("services/silo/networks", "[backend]", "silo: there is no network backend")]
    [InlineData("services/prometheus/volumes", "[./prometheus/none.yml:/etc/prometheus/prometheus.yml:ro]", "prometheus: there is no ./prometheus/none.yml")]
    [InlineData("services/prometheus/volumes", "[./compose.yaml:/etc/x]", "prometheus: could write to ./compose.yaml")]
    [InlineData("services/silo/ports", "[\"5860:5860\"]", "silo: 5860:5860 is open to other machines")]
    [InlineData("services/silo/environment/VIVIT_LISTN", "http://0.0.0.0:5860", "silo: Silo does not read VIVIT_LISTN")]
    [InlineData("services/silo/environment/VIVIT_MIGRATE", "sometimes", "VIVIT_MIGRATE is 'sometimes'")]
    [InlineData("services/silo/environment/VIVIT_POSTGRES", null, "silo: Silo cannot start without VIVIT_POSTGRES")]
    [InlineData("services/worker/environment/VIVIT_SERVER", null, "worker: Worker cannot start without VIVIT_SERVER")]
    [InlineData("services/worker/environment/VIVIT_CHECKPOINTS", "/elsewhere", "worker: VIVIT_CHECKPOINTS is in no volume")]
    [InlineData("services/postgres/environment/POSTGRES_PASSWORD", "swordfish", "postgres: POSTGRES_PASSWORD is no secret here")]
    [InlineData("volumes/spare", "{}", "no service uses the volume spare")]
    [InlineData("secrets/silo_pgpass", "{file: ./elsewhere}", "deploy/up does not make the secret silo_pgpass")]
    public void A_broken_file_is_found(string place, string? yaml, string said)
    {
        var file = Read();
        Assert.DoesNotContain(ComposeRules.Problems(file), problem => problem.Contains(said, StringComparison.Ordinal));
        var parent = file.At(Path.GetDirectoryName(place)!)!.AsObject();
        if (yaml is null) Assert.True(parent.Remove(Path.GetFileName(place)));
        else parent[Path.GetFileName(place)] = Yaml.Value(yaml);

        var problems = ComposeRules.Problems(file);

        Assert.Contains(problems, problem => problem.Contains(said, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_secrets_are_made_once_for_their_owner_alone()
    {
        var folder = Directory.CreateTempSubdirectory("vivit-up-");
        try
        {
            System.IO.File.Copy(Repository.At("deploy/up"), Path.Combine(folder.FullName, "up"));
            await Up(folder.FullName);
            var first = Secrets(folder.FullName);
            await Up(folder.FullName);

            Assert.Equal(Read()["secrets"]!.AsObject().Select(secret => secret.Key).Order(), first.Keys.Order());
            Assert.Equal(first, Secrets(folder.FullName));
            Assert.Equal(first.Count, first.Values.Select(value => value.Split(':')[^1]).Distinct().Count());
            Assert.All(first.Values, value => Assert.Equal(32, value.Split(':')[^1].Length));
            if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, System.IO.File.GetUnixFileMode(Path.Combine(folder.FullName, "secrets")));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Docker_compose_understands_the_file()
    {
        var (code, _, _) = await Run.Program("docker", ["compose", "version"]);
        Assert.SkipUnless(code == 0, "docker compose is not on this machine: compose.yaml is checked by the rules above alone.");

        var (checkedCode, _, errors) = await Run.Program("docker", ["compose", "--file", Repository.At(File), "--profile", "*", "config", "--quiet"]);

        Assert.True(checkedCode == 0, errors);
    }

    private static JsonObject Read() => Yaml.Documents(Repository.Read(File)).Single();

    private static Dictionary<string, string> Secrets(string folder) =>
        Directory.GetFiles(Path.Combine(folder, "secrets")).ToDictionary(file => Path.GetFileName(file), System.IO.File.ReadAllText);

    // With a docker that does nothing: only what comes before it is looked at.
    private static async Task Up(string folder)
    {
        var docker = Path.Combine(folder, "docker");
        await System.IO.File.WriteAllTextAsync(docker, "#!/bin/sh\nexit 0\n", TestContext.Current.CancellationToken);
        if (!OperatingSystem.IsWindows()) System.IO.File.SetUnixFileMode(docker, UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.UserWrite);
        var (code, _, errors) = await Run.Program("/bin/sh", [Path.Combine(folder, "up")], start => start.Environment["PATH"] = $"{folder}:{start.Environment["PATH"]}");
        Assert.True(code == 0, errors);
    }
}
