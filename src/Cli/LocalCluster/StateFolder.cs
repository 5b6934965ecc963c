using ViViT.Contracts.Configuration;

namespace ViViT.Cli.LocalCluster;

/// <summary>The folder that a local stack lives in: its database, sockets, token, logs and checkpoints.</summary>
internal sealed class StateFolder(string root)
{
    // sockaddr_un.sun_path on Linux, less its terminating zero and ".s.PGSQL.5432".
    private const int LongestSocketFolder = 107 - 14;

    public string Root { get; } = Path.GetFullPath(root);

    /// <summary>The bearer token of this stack; the silo makes it on its first start.</summary>
    public string TokenFile => Path.Combine(Root, "token");

    public string StackFile => Path.Combine(Root, "stack.json");

    /// <summary>Held by the supervisor as long as it lives.</summary>
    public string LockFile => Path.Combine(Root, "supervisor.lock");

    public string Postgres => Path.Combine(Root, "postgres");

    public string Checkpoints => Path.Combine(Root, "checkpoints");

    public string Logs => Path.Combine(Root, "logs");

    public string LogOf(string process) => Path.Combine(Logs, $"{process}.log");

    public string PidFileOf(string process) => Path.Combine(Root, $"{process}.pid");

    /// <summary><c>$VIVIT_STATE</c>, else <c>$XDG_STATE_HOME/vivit</c>; root's home is closed to the database's user, so root's default is <c>/var/lib/vivit</c>.</summary>
    public static StateFolder Default()
    {
        if (CliSettings.Values.TryGet(Settings.State, out var chosen)) return new(chosen!);
        if (Environment.IsPrivilegedProcess) return new("/var/lib/vivit");
        var home = Environment.GetEnvironmentVariable("XDG_STATE_HOME") is { Length: > 0 } xdg
            ? xdg
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".local", "state");
        return new(Path.Combine(home, "vivit"));
    }

    /// <summary>Makes the folders.</summary>
    /// <exception cref="LocalStackException">The folder cannot be used; the message says why and what to do.</exception>
    public void Create()
    {
        if (Path.Combine(Postgres, "run").Length > LongestSocketFolder)
        {
            throw new LocalStackException($"{Root} is too long a path for the database's socket (Linux allows 107 bytes in all). Set VIVIT_STATE to a shorter folder.");
        }

        try
        {
            Directory.CreateDirectory(Root);
            Directory.CreateDirectory(Logs);
            Directory.CreateDirectory(Checkpoints);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new LocalStackException($"Cannot write to {Root}: {refused.Message} Set VIVIT_STATE to a folder that you own.", refused);
        }
    }

    /// <summary>The lock that only one supervisor can hold, or null when another one lives.</summary>
    public FileStream? TryLock()
    {
        try
        {
            return new FileStream(LockFile, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            return null;
        }
    }
}

/// <summary>The local stack cannot be started or stopped; the message is for the user.</summary>
internal sealed class LocalStackException(string message, Exception? inner = null) : Exception(message, inner);
