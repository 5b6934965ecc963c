using ViViT.Cli.SweepFiles;
using ViViT.Contracts.Specs;

namespace ViViT.Cli.Tests.SweepFiles;

/// <summary>A sweep file with this content, for as long as the test looks at it.</summary>
internal static class SweepFile
{
    public static SweepSpec Read(string text)
    {
        var path = Path.Combine(Path.GetTempPath(), $"vivit-cli-{Guid.NewGuid():n}.yaml");
        try
        {
            File.WriteAllText(path, text);
            return SweepFileReader.Read(path);
        }
        catch (SweepFileException wrong)
        {
            throw new UnsoundSweepException(wrong.Message.Replace($"{path}:", "", StringComparison.Ordinal));
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>What the reader has against the text: <c>line:column: message</c>, one a line.</summary>
    public static string Problems(string text) => Assert.Throws<UnsoundSweepException>(() => Read(text)).Message;
}

/// <summary>What the reader told, without the name of the file.</summary>
internal sealed class UnsoundSweepException(string message) : Exception(message);
