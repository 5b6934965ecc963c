using System.Runtime.CompilerServices;

namespace ViViT.Cli.Tests;

internal static class Repository
{
    /// <summary>A folder of the sources that these tests were built from.</summary>
    public static string Folder(string name) => Path.Combine(Root(), name);

    private static string Root([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", ".."));
}
