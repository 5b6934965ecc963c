namespace ViViT.Deploy.Tests.Images;

/// <summary>Our .dockerignore keeps everything out and lets some in.</summary>
internal static class DockerIgnore
{
    private static readonly string[] Lines = [.. File.ReadAllLines(Repository.At(".dockerignore")).Where(line => line.Length > 0 && line[0] != '#')];

    public static bool KeepsAllElseOut => Lines[0] == "*";

    public static bool LetsIn(string source) => Lines.Any(line => line[0] == '!' && ($"{source.TrimEnd('/')}/").StartsWith($"{line[1..]}/", StringComparison.Ordinal));
}
