using System.Text.Json;

namespace ViViT.Deploy.Tests.Images;

public sealed class DockerfileTests
{
    public static TheoryData<string> Files => [.. Directory.GetFiles(Repository.At("deploy/docker"), "*.Dockerfile").Select(Path.GetFileName).OfType<string>().Order()];

    [Theory]
    [MemberData(nameof(Files))]
    public void An_image_keeps_to_the_rules(string file) => Assert.Empty(DockerfileRules.Problems(Read(file)));

    [Fact]
    public void There_is_an_image_for_every_program_and_kind_of_machine() =>
        Assert.Equal(["cli.Dockerfile", "silo.Dockerfile", "worker-cuda.Dockerfile", "worker.Dockerfile"], Files.Select(file => (string)file.Data));

    /// <summary>Each rule by an image that breaks it: the text that is replaced, by what, and what is then said.</summary>
    [Theory]
    [InlineData("silo", "sdk:10.0.401-noble", "sdk:latest", "sdk:latest is not pinned")]
    [InlineData("silo", "aspnet:10.0.12-noble-chiseled", "aspnet", "aspnet is not pinned")]
    [InlineData("silo", "dotnet/aspnet:", "dotnet/sdk:", "runs on the SDK")]
    [InlineData("silo", "USER 1654:1654", "", "other than root")]
    [InlineData("silo", "USER 1654:1654", "USER 0", "other than root")]
    [InlineData("silo", "USER 1654:1654", "USER app", "other than root")]
    [InlineData("silo", "COPY src/Grains/ src/Grains/", "", "publishes without src/Grains/")]
    [InlineData("worker", "COPY src/Models/Models.csproj src/Models/", "", "restores without src/Models/Models.csproj")]
    [InlineData("worker", "COPY src/Models/Models.csproj src/Models/", "COPY src/Models/ src/Models/", "before packages are restored")]
    [InlineData("worker", "COPY src/Models/Models.csproj src/Models/", "COPY src/Modles/Models.csproj src/Models/", "copies src/Modles/Models.csproj, which does not exist")]
    [InlineData("cli", "COPY BannedSymbols.txt", "COPY README.md BannedSymbols.txt", "copies README.md, which .dockerignore keeps out")]
    [InlineData("cli", "UseStandIns=false", "UseStandIns=true", "real packages")]
    [InlineData("cli", "RUN deploy/docker/publish.sh restore Cli", "RUN dotnet restore src/Cli/Cli.csproj", "does not restore and then publish")]
    [InlineData("cli", "WORKDIR /source", "RUN apt-get install curl", "runs apt-get install curl")]
    [InlineData("cli", "[\"/app/vivit\"]", "/app/vivit", "lacks an ENTRYPOINT")]
    [InlineData("cli", "/app/vivit", "/app/ViViT.Cli", "what it publishes is vivit")]
    [InlineData("silo", "HEALTHCHECK", "# HEALTHCHECK", "lacks a HEALTHCHECK")]
    [InlineData("silo", "CMD [\"/app/ViViT.Silo\", \"health\"]", "CMD curl localhost", "lacks a HEALTHCHECK")]
    [InlineData("worker", "VIVIT_CHECKPOINTS=", "VIVIT_CHECKPOINT=", "Worker does not read VIVIT_CHECKPOINT")]
    [InlineData("silo", "VIVIT_MANAGEMENT=http://0.0.0.0:9464", "VIVIT_MANAGEMENT=9464", "VIVIT_MANAGEMENT is '9464'")]
    [InlineData("silo", "ARG REVISION=", "ARG TOKEN=x", "TOKEN would stay in the image")]
    [InlineData("silo", "org.opencontainers.image.revision", "revision", "lacks the label org.opencontainers.image.revision")]
    [InlineData("silo", "COPY --from=build /app /app", "COPY --from=build --chown=1654:1654 /app /app", "could change it")]
    public void A_broken_image_is_found(string name, string what, string by, string said)
    {
        var text = Repository.Read($"deploy/docker/{name}.Dockerfile");
        Assert.Contains(what, text, StringComparison.Ordinal);

        var problems = DockerfileRules.Problems(Dockerfile.Parse($"{name}.Dockerfile", text.Replace(what, by, StringComparison.Ordinal))).ToArray();

        Assert.Contains(problems, problem => problem.Contains(said, StringComparison.Ordinal));
    }

    [Fact]
    public void The_images_are_built_by_an_SDK_that_the_repository_accepts()
    {
        using var asked = JsonDocument.Parse(Repository.Read("global.json"));
        var wanted = Version.Parse(asked.RootElement.GetProperty("sdk").GetProperty("version").GetString()!);

        Assert.All(Files, file =>
        {
            var sdk = Version.Parse(Read(file.Data).Stages[0].Base.Split(':')[1].Split('-')[0]);
            Assert.True((sdk.Major, sdk.Minor) == (wanted.Major, wanted.Minor) && sdk.Build >= wanted.Build, $"{file.Data}: {sdk}");
        });
    }

    [Fact]
    public void Only_what_the_build_needs_goes_to_the_builder()
    {
        Assert.True(DockerIgnore.KeepsAllElseOut);
        Assert.False(DockerIgnore.LetsIn("deploy/secrets/silo_pgpass"));
        Assert.False(DockerIgnore.LetsIn(".git"));
    }

    [Fact]
    public void What_the_images_are_built_by_names_one_system_and_fetches_nothing_twice()
    {
        var steps = File.ReadLines(Repository.At("deploy/docker/publish.sh")).Where(line => line.Contains("exec dotnet", StringComparison.Ordinal)).ToArray();

        Assert.Equal(2, steps.Length);
        Assert.All(steps, step => Assert.Contains("--runtime linux-x64", step, StringComparison.Ordinal));
        Assert.Contains("--no-restore", steps[1], StringComparison.Ordinal);
        Assert.Contains("--no-self-contained", steps[1], StringComparison.Ordinal);
    }

    private static Dockerfile Read(string file) => Dockerfile.Read(Repository.At($"deploy/docker/{file}"));
}
