using ViViT.Contracts.Experiments;
using ViViT.Training.Groups;

namespace ViViT.Worker.TrainerProcess;

/// <summary>How a process ended, and what class of failure that is for what it trained.</summary>
internal sealed record TrainerEnding(FailureClass Class, string Reason)
{
    /// <param name="exitCode">As .NET reports it: 128 + n after signal n.</param>
    /// <param name="lastLines">The end of what it wrote to stderr since it was asked to do something.</param>
    /// <param name="systemKilled">Meanwhile the system killed a process for want of memory.</param>
    public static TrainerEnding Of(int exitCode, long step, IReadOnlyCollection<string> lastLines, bool systemKilled)
    {
        var signal = SignalName(exitCode - 128);
        var starved = signal == "SIGKILL" && systemKilled;
        var how = signal is null
            ? $"trainer ended with exit code {exitCode} at step {step}"
            : $"trainer was killed by signal {exitCode - 128} ({signal}) at step {step}{(starved ? ", since the system ran out of memory" : Hint(signal))}";
        var outOfMemory = starved || (exitCode != 0 && signal != "SIGKILL" && lastLines.Any(OutOfMemory.IsToldBy));
        return new(outOfMemory ? FailureClass.OutOfMemory : FailureClass.Infrastructure, lastLines.Count == 0 ? how : $"{how}: {string.Join(" | ", lastLines)}");
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
