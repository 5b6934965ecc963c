using System.Runtime.CompilerServices;
using Xunit;

namespace ViViT.TestKit;

/// <summary>Real MedMNIST3D files beside the repository (<c>../shared/data</c>, or <c>$VIVIT_TEST_DATA</c>); tests that need one are skipped without it.</summary>
public static class RealData
{
    public static string Folder => Environment.GetEnvironmentVariable("VIVIT_TEST_DATA") is { Length: > 0 } chosen ? chosen : Path.GetFullPath(Path.Combine(Repository.Root, "..", "shared", "data"));

    /// <summary>The path of that file; skips the calling test when it is not there.</summary>
    public static string File(string name)
    {
        var path = Path.Combine(Folder, name);
        Assert.SkipUnless(System.IO.File.Exists(path), $"{path} is absent; put the official MedMNIST3D file there, or its folder into VIVIT_TEST_DATA");
        return path;
    }
}

/// <summary>The source tree that the tests were built from.</summary>
public static class Repository
{
    public static string Root { get; } = Find();

    private static string Find([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", ".."));
}
