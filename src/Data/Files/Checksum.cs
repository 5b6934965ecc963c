using System.Security.Cryptography;
using ViViT.Contracts.DataSets;

namespace ViViT.Data.Files;

/// <summary>MD5 of a data file: it identifies the official release, it is no protection against malice.</summary>
internal static class Checksum
{
    /// <summary>Checks the file once; the result is remembered beside it for as long as size and time of change stay.</summary>
    /// <exception cref="DataUnavailableException">It is another file.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static void Verify(string path, Download download)
    {
        var file = new FileInfo(path);
        var note = path + ".checked";
        var expected = FormattableString.Invariant($"{download.Md5} {file.Length} {file.LastWriteTimeUtc.Ticks}");
        if (File.Exists(note) && File.ReadAllText(note) == expected) return;

        var md5 = Md5(path);
        if (md5 != download.Md5)
        {
            throw new DataUnavailableException(
                $"{path} is not the file that it should be: its MD5 is {md5}, the release's is {download.Md5}. " +
                $"Remove it and fetch it again ({download.Url}).");
        }

        try
        {
            File.WriteAllText(note, expected);
        }
        catch (Exception readOnly) when (readOnly is IOException or UnauthorizedAccessException)
        {
            // A folder that we may only read: it is checked again next time.
        }
    }

    public static string Md5(string path)
    {
        using var stream = File.OpenRead(path);
#pragma warning disable CA5351 // the release publishes MD5 sums
        return Convert.ToHexStringLower(MD5.HashData(stream));
#pragma warning restore CA5351
    }
}
