namespace ViViT.Cli;

/// <summary>A file for one secret, that its owner alone can read from its first byte on. It takes its place whole, or not at all.</summary>
internal sealed class SecretFile : IDisposable
{
    private readonly string path;
    private readonly string draft;

    private SecretFile(string path, string draft) => (this.path, this.draft) = (path, draft);

    /// <summary>Makes sure that it can be written.</summary>
    public static SecretFile Prepare(string path)
    {
        var draft = $"{path}.{Guid.NewGuid():n}";
        var creation = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) creation.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        try
        {
            new FileStream(draft, creation).Dispose();
            return new(path, draft);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"Cannot write beside {path}: {refused.Message} Name a file in a folder that you can write to.");
        }
    }

    /// <summary>Puts it in its place; one that was there is replaced.</summary>
    public void Write(string secret)
    {
        File.WriteAllText(draft, secret + "\n");
        File.Move(draft, path, overwrite: true);
    }

    public void Dispose() => File.Delete(draft);
}
