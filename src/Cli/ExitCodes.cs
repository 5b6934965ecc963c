namespace ViViT.Cli;

/// <summary>What a command's exit tells a script; README lists them.</summary>
internal static class ExitCodes
{
    public const int Done = 0;
    public const int Error = 1;
    public const int Usage = 2;

    /// <summary>What was waited for had not ended in time.</summary>
    public const int TimedOut = 3;

    public const int Unauthorised = 4;

    /// <summary>The sweep ended and some of its experiments failed.</summary>
    public const int ExperimentsFailed = 5;

    public const int Cancelled = 6;

    /// <summary>Ctrl-C: detached, nothing was cancelled.</summary>
    public const int Interrupted = 130;
}

/// <summary>A command cannot go on; the message is for its user, who needs no stack trace.</summary>
internal sealed class CommandException(string message, int exitCode = ExitCodes.Error) : Exception(message)
{
    public int ExitCode { get; } = exitCode;
}
