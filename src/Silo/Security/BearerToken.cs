using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using ViViT.Contracts.Configuration;

namespace ViViT.Silo.Security;

/// <summary>The built-in administrator's token, which needs no database: the one in the silo's file. Held as a hash, compared in constant time.</summary>
internal sealed partial class BearerToken
{
    private const int ShortestAccepted = 16;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly string path;
    private volatile byte[] hash;
    private string? problem;

    private BearerToken(string path, byte[] hash) => (this.path, this.hash) = (path, hash);

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

            return Read(path) is { } hash
                ? new BearerToken(path, hash)
                : throw new SettingException(Settings.TokenFile.Variable, $"names {path}, which holds no token of at least {ShortestAccepted} characters on one line. Remove the file to have a fresh one made.");
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new SettingException(Settings.TokenFile.Variable, $"names {path}, which cannot be used: {fault.Message} Give a file that the silo can read, or a path in a folder that it can write to.");
        }
    }

    /// <summary>Whether an <c>Authorization</c> header carries the token.</summary>
    public bool IsIn(string? authorization) => TokenSecret.In(authorization) is { } token && Is(TokenSecret.Hash(token));

    /// <summary>Whether that is the token's hash.</summary>
    public bool Is(byte[] tokenHash) => CryptographicOperations.FixedTimeEquals(tokenHash, hash);

    /// <summary>Takes up a file that was changed; keeps the token that there is while the new one cannot be used, and says so once.</summary>
    public void Reread(ILogger log)
    {
        try
        {
            if (Read(path) is not { } now)
            {
                Keep(log, "it holds no token");
                return;
            }

            problem = null;
            if (Is(now)) return;
            hash = now;
            Changed(log, path);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            Keep(log, fault.Message);
        }
    }

    private void Keep(ILogger log, string why)
    {
        if (problem == why) return;
        problem = why;
        Kept(log, path, why);
    }

    // Null when the file holds none.
    private static byte[]? Read(string path) =>
        File.ReadAllText(path).Trim() is { Length: >= ShortestAccepted } token && !token.Any(char.IsWhiteSpace) ? TokenSecret.Hash(token) : null;

    // Written whole beside its place, then linked there: nobody ever reads half a token, and of silos that start at once one wins. A move would do
    // neither: File.Move looks whether something is there, and then replaces what has come meanwhile.
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
            file.Write(Encoding.ASCII.GetBytes(TokenSecret.Fresh() + "\n"));
            file.Flush(flushToDisk: true);
        }

        if (OperatingSystem.IsWindows() || Link(draft, path) != 0)
        {
            if (!File.Exists(path)) File.Move(draft, path, overwrite: false); // a file system without links
        }

        File.Delete(draft);
    }

    [DllImport("libc", EntryPoint = "link")]
    private static extern int Link([MarshalAs(UnmanagedType.LPUTF8Str)] string from, [MarshalAs(UnmanagedType.LPUTF8Str)] string to);

    [LoggerMessage(LogLevel.Information, "The administrator's token in {Path} has changed; the one before opens nothing any more")]
    private static partial void Changed(ILogger log, string path);

    [LoggerMessage(LogLevel.Warning, "The administrator's token in {Path} stays as it was: {Problem}")]
    private static partial void Kept(ILogger log, string path, string problem);
}
