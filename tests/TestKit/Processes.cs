using System.Globalization;
using System.Runtime.InteropServices;

namespace ViViT.TestKit;

/// <summary>Processes of this machine as /proc shows them.</summary>
public static class Processes
{
    /// <summary>Sends a signal; does nothing when the process is gone.</summary>
    public static void Signal(int process, Signal signal) => _ = IsAlive(process) ? Kill(process, (int)signal) : 0;

    /// <summary>A zombie that nobody has waited for yet is dead.</summary>
    public static bool IsAlive(int process) => Stat(process) is [not ("Z" or "X"), ..];

    public static IReadOnlyList<int> ChildrenOf(int parent)
    {
        var text = parent.ToString(CultureInfo.InvariantCulture);
        return [.. All().Where(process => Stat(process) is [_, var itsParent, ..] && itsParent == text)];
    }

    /// <summary>Those that were started with the word somewhere in their environment.</summary>
    public static IReadOnlyList<int> WithEnvironment(string word) => [.. All().Where(process => Read(process, "environ").Contains(word, StringComparison.Ordinal))];

    private static IEnumerable<int> All() =>
        Directory.GetDirectories("/proc").Select(Path.GetFileName).Where(name => int.TryParse(name, out _)).Select(name => int.Parse(name!, CultureInfo.InvariantCulture));

    // The second field is the command in parentheses and may hold anything; these are the fields after it.
    private static string[] Stat(int process) => Read(process, "stat") is { Length: > 0 } stat ? stat[(stat.LastIndexOf(')') + 2)..].Split(' ') : [];

    private static string Read(int process, string file)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/{file}");
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int process, int signal);
}

/// <summary>Linux's numbers.</summary>
public enum Signal
{
    /// <summary>Ends at once; cannot be caught.</summary>
    Kill = 9,

    /// <summary>Asks to end.</summary>
    Terminate = 15,

    /// <summary>Goes on after <see cref="Stop"/>.</summary>
    Continue = 18,

    /// <summary>Stands still; cannot be caught.</summary>
    Stop = 19,
}
