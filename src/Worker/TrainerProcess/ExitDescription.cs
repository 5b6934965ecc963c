namespace ViViT.Worker.TrainerProcess;

/// <summary>Says for people how a process ended.</summary>
internal static class ExitDescription
{
    /// <param name="exitCode">As .NET reports it: 128 + n after signal n.</param>
    /// <param name="lastLines">The end of what it wrote to stderr.</param>
    public static string Of(int exitCode, long step, IReadOnlyCollection<string> lastLines)
    {
        var how = SignalName(exitCode - 128) is { } name
            ? $"trainer was killed by signal {exitCode - 128} ({name}) at step {step}{Hint(name)}"
            : $"trainer ended with exit code {exitCode} at step {step}";
        return lastLines.Count == 0 ? how : $"{how}: {string.Join(" | ", lastLines)}";
    }

    private static string Hint(string signal) => signal == "SIGKILL" ? "; if nobody did, the system may have run out of memory" : "";

    // The numbers are those of Linux.
    private static string? SignalName(int signal) => signal switch
    {
        1 => "SIGHUP",
        2 => "SIGINT",
        3 => "SIGQUIT",
        4 => "SIGILL",
        6 => "SIGABRT",
        7 => "SIGBUS",
        8 => "SIGFPE",
        9 => "SIGKILL",
        11 => "SIGSEGV",
        13 => "SIGPIPE",
        15 => "SIGTERM",
        24 => "SIGXCPU",
        31 => "SIGSYS",
        _ => null,
    };
}
