using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using ViViT.Contracts.Configuration;

namespace ViViT.Silo.Security;

/// <summary>The one secret that workers and command lines show on every request. Held as a hash, compared in constant time.</summary>
internal sealed class BearerToken
{
    private const int Bytes = 32;
    private const int ShortestAccepted = 16;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly byte[] hash;

    private BearerToken(string token) => hash = Hash(token);

    /// <summary>The token in the file; a fresh random one is written there first when there is no file.</summary>
    /// <exception cref="SettingException">The file cannot be read or written, or holds no token.</exception>
    public static BearerToken FromFile(string path)
    {
        try
        {
            if (!File.Exists(path))
            {
                Create(path);
            }

            var token = File.ReadAllText(path).Trim();
            return token.Length >= ShortestAccepted && !token.Any(char.IsWhiteSpace)
                ? new BearerToken(token)
                : throw new SettingException(Settings.TokenFile.Variable, $"names {path}, which holds no token of at least {ShortestAccepted} characters on one line. Remove the file to have a fresh one made.");
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new SettingException(Settings.TokenFile.Variable, $"names {path}, which cannot be used: {fault.Message} Give a file that the silo can read, or a path in a folder that it can write to.");
        }
    }

    /// <summary>Whether an <c>Authorization</c> header carries the token.</summary>
    public bool IsIn(string? authorization)
    {
        const string scheme = "Bearer ";
        return authorization is not null
            && authorization.StartsWith(scheme, StringComparison.OrdinalIgnoreCase)
            && CryptographicOperations.FixedTimeEquals(Hash(authorization[scheme.Length..].Trim()), hash);
    }

    // Written whole beside its place, then moved there: nobody ever reads half a token, and of two silos that start at once one wins.
    private static void Create(string path)
    {
        var draft = $"{path}.{Guid.NewGuid():n}";
        var creation = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            creation.UnixCreateMode = OwnerOnly;
        }

        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        using (var file = new FileStream(draft, creation))
        {
            file.Write(Encoding.ASCII.GetBytes(Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(Bytes)) + "\n"));
            file.Flush(flushToDisk: true);
        }

        try
        {
            File.Move(draft, path, overwrite: false);
        }
        catch (IOException) when (File.Exists(path))
        {
            File.Delete(draft);
        }
    }

    private static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));
}
