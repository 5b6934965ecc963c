namespace ViViT.Cli.LocalCluster;

/// <summary>Finds the programs that a local stack consists of.</summary>
internal static class Executables
{
    private static string Here => AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar);

    /// <summary>A program of this build: beside the CLI when published together, else in the build tree's sibling folder.</summary>
    /// <exception cref="LocalStackException">It is in neither.</exception>
    public static string OfThisBuild(string project) => Find(project)
        ?? throw new LocalStackException($"ViViT.{project} is neither beside {Here} nor in the build's folders. Build the whole solution: dotnet build ViViT.sln -c Release.");

    /// <summary>The same; null when it is in neither.</summary>
    public static string? Find(string project)
    {
        string[] candidates = [Path.Combine(Here, $"ViViT.{project}"), Path.Combine(Here, "..", "..", project, Path.GetFileName(Here), $"ViViT.{project}")];
        return candidates.FirstOrDefault(File.Exists) is { } found ? Path.GetFullPath(found) : null;
    }

    /// <summary>The folder of the PostgreSQL programs: of the given major version, else the newest one installed.</summary>
    public static string PostgresPrograms(string? major)
    {
        var debian = Directory.Exists("/usr/lib/postgresql")
            ? Directory.GetDirectories("/usr/lib/postgresql").OrderByDescending(version => double.TryParse(Path.GetFileName(version), out var number) ? number : 0)
            : Enumerable.Empty<string>();
        var inPath = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries);
        var found = debian.Where(version => major is null || Path.GetFileName(version) == major).Select(version => Path.Combine(version, "bin"))
            .Concat(inPath)
            .FirstOrDefault(folder => File.Exists(Path.Combine(folder, "postgres")) && File.Exists(Path.Combine(folder, "initdb")));
        return found ?? throw new LocalStackException(
            $"PostgreSQL{(major is null ? "" : $" {major}, which made this stack's database,")} is not installed. Install it (apt-get install postgresql{(major is null ? "" : $"-{major}")}), or set VIVIT_POSTGRES to the connection string of a server.");
    }
}
