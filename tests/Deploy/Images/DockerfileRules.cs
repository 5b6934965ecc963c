using System.Xml.Linq;
using ViViT.Contracts.Configuration;

namespace ViViT.Deploy.Tests.Images;

/// <summary>What every image of ours keeps to. Each rule tells what is wrong, and nothing when all is well.</summary>
internal static class DockerfileRules
{
    private const string Script = "deploy/docker/publish.sh";

    // What the build reads besides the projects.
    private static readonly string[] ReadByRestore = ["Directory.Build.props", "Directory.Build.targets", "Directory.Packages.props", "global.json", Script];
    private static readonly string[] ReadByBuild = ["BannedSymbols.txt", ".editorconfig"];

    public static IEnumerable<string> Problems(Dockerfile file) =>
    [
        .. Bases(file), .. Secrets(file), .. Context(file), .. Build(file), .. Program(file), .. Rights(file), .. Health(file), .. Labels(file), .. Environment(file),
    ];

    private static IEnumerable<string> Bases(Dockerfile file)
    {
        foreach (var stage in file.Stages.Where(stage => !ImageReference.IsPinned(stage.Base))) yield return $"{stage.Base} is not pinned to a version";
        if (file.Stages.Count < 2) yield return "builds and runs in one stage";
        if (file.Last.Base.Contains("/sdk:", StringComparison.Ordinal)) yield return "runs on the SDK";
    }

    private static IEnumerable<string> Secrets(Dockerfile file) =>
        from stage in file.Stages
        from instruction in stage.Instructions
        where instruction.Word is "ENV" or "ARG"
        from word in instruction.Rest.Split(' ')
        let name = word.Split('=')[0]
        where (name.Contains("TOKEN", StringComparison.OrdinalIgnoreCase) && !name.EndsWith("_FILE", StringComparison.Ordinal)) || name.Contains("PASSWORD", StringComparison.OrdinalIgnoreCase)
        select $"{name} would stay in the image";

    private static IEnumerable<string> Context(Dockerfile file)
    {
        foreach (var source in file.Stages.SelectMany(stage => stage.Copies).SelectMany(copy => copy.Sources))
        {
            if (!Path.Exists(Repository.At(source))) yield return $"copies {source}, which does not exist";
            if (!DockerIgnore.LetsIn(source)) yield return $"copies {source}, which .dockerignore keeps out";
        }

        if (file.Stages.Any(stage => stage.Of("ADD").Any())) yield return "ADD fetches and unpacks by itself: COPY says what it does";
    }

    // Packages first and sources second, both by the script; nothing else runs.
    private static IEnumerable<string> Build(Dockerfile file)
    {
        var build = file.Stages[0];
        var (restore, publish) = (build.Instructions.FindIndex(IsStep("restore")), build.Instructions.FindIndex(IsStep("publish")));
        if (restore < 0 || publish < 0 || restore > publish)
        {
            yield return $"does not restore and then publish by {Script}";
            yield break;
        }

        foreach (var run in file.Stages.SelectMany(stage => stage.Of("RUN")).Where(run => !run.StartsWith($"{Script} ", StringComparison.Ordinal))) yield return $"runs {run}";
        if (Step(build, restore)[1] != Step(build, publish)[1]) yield return "restores another project than it publishes";

        var project = Step(build, restore)[1];
        var before = Copied(build.Instructions[..restore]);
        var after = Copied(build.Instructions[..publish]);
        var needed = Closure(project).ToArray();
        foreach (var missing in needed.Select(name => $"src/{name}/{name}.csproj").Concat(ReadByRestore).Except(before)) yield return $"restores without {missing}";
        foreach (var missing in needed.Select(name => $"src/{name}/").Concat(ReadByBuild).Except(after)) yield return $"publishes without {missing}";
        foreach (var early in before.Where(source => source.EndsWith('/'))) yield return $"copies {early} before packages are restored: every edit would fetch them anew";
        if (build.Environment.GetValueOrDefault("UseStandIns") != "false") yield return "does not say that it builds on the real packages";
    }

    private static IEnumerable<string> Program(Dockerfile file)
    {
        if (file.Last.Words("ENTRYPOINT") is not [var program])
        {
            yield return "lacks an ENTRYPOINT in the form of a list of one";
            yield break;
        }

        var project = file.Stages[0].Of("RUN").Select(run => run.Split(' ')).FirstOrDefault(run => run.Contains("publish"))?.ElementAtOrDefault(2) ?? "";
        if (program != $"/app/{AssemblyName(project)}") yield return $"starts {program}, but what it publishes is {AssemblyName(project)}";
        if (file.Last.Of("CMD").Any() && file.Last.Words("CMD") is null) yield return "CMD is no list: a shell would stand between";
    }

    private static IEnumerable<string> Rights(Dockerfile file)
    {
        if (file.Last.Of("USER").LastOrDefault() is not { } user || !user.Split(':').All(id => int.TryParse(id, out var number) && number > 0))
        {
            yield return "does not run as a user other than root, by number";
        }

        foreach (var copy in file.Last.Of("COPY").Where(copy => copy.Contains("--chown", StringComparison.Ordinal) && copy.EndsWith("/app", StringComparison.Ordinal)))
        {
            yield return $"what runs it could change it: {copy}";
        }
    }

    private static IEnumerable<string> Health(Dockerfile file)
    {
        if (!file.Last.Environment.ContainsKey(Settings.Management.Variable)) yield break; // a program that serves nothing
        if (file.Last.Words("HEALTHCHECK") is not [var program, "health"] || file.Last.Words("ENTRYPOINT") is not [var entry] || program != entry)
        {
            yield return "lacks a HEALTHCHECK by the program itself";
        }
    }

    private static IEnumerable<string> Labels(Dockerfile file) =>
        new[] { "title", "description", "version", "revision" }.Where(label => !file.Last.Of("LABEL").Any(rest => rest.Contains($"org.opencontainers.image.{label}=", StringComparison.Ordinal)))
            .Select(label => $"lacks the label org.opencontainers.image.{label}");

    private static IEnumerable<string> Environment(Dockerfile file) => file.Name.Split('.')[0] switch
    {
        "silo" => ProgramSettings.Problems(Programs.Silo, file.Last.Environment),
        "cli" => ProgramSettings.Problems(Programs.Cli, file.Last.Environment),
        _ => ProgramSettings.Problems(Programs.Worker, file.Last.Environment),
    };

    private static Predicate<Instruction> IsStep(string step) => instruction => instruction.Word == "RUN" && instruction.Rest.StartsWith($"{Script} {step} ", StringComparison.Ordinal);

    private static string[] Step(Stage stage, int at) => stage.Instructions[at].Rest.Split(' ')[1..];

    private static HashSet<string> Copied(IEnumerable<Instruction> instructions)
    {
        var stage = new Stage("", [.. instructions]);
        return [.. stage.Copies.SelectMany(copy => copy.Sources.Select(source => source == Script || copy.Target is "./" || Path.GetDirectoryName(source) == copy.Target.TrimEnd('/')
            || (source.EndsWith('/') && source == copy.Target) ? source : $"{source} at {copy.Target}"))];
    }

    // The project and those that it references, theirs included.
    private static IEnumerable<string> Closure(string project) =>
        Project(project).Descendants("ProjectReference").SelectMany(reference => Closure(Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value))).Append(project).Distinct();

    private static string AssemblyName(string project) => Project(project).Descendants("AssemblyName").SingleOrDefault()?.Value ?? $"ViViT.{project}";

    private static XDocument Project(string name) => XDocument.Load(Repository.At($"src/{name}/{name}.csproj"));
}
