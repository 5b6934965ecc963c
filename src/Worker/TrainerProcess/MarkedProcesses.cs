using System.Text;

namespace ViViT.Worker.TrainerProcess;

/// <summary>
/// Finds a trainer's processes by a mark in their environment. Children inherit it, and keep it when their parent has died and they are
/// somebody else's, or a group of their own.
/// </summary>
internal static class MarkedProcesses
{
    /// <summary>The environment variable that holds the mark.</summary>
    public const string Variable = "VIVIT_TRAINER";

    private const string Processes = "/proc";

    /// <summary>Their numbers; none where the system does not tell.</summary>
    public static IReadOnlyList<int> Of(string marker)
    {
        if (!Directory.Exists(Processes)) return [];
        var entry = Encoding.ASCII.GetBytes($"{Variable}={marker}\0");
        return [.. Directory.EnumerateDirectories(Processes).Select(folder => int.TryParse(Path.GetFileName(folder), out var pid) ? pid : 0).Where(pid => pid > 0 && Has(pid, entry))];
    }

    private static bool Has(int pid, byte[] entry)
    {
        try
        {
            return File.ReadAllBytes($"{Processes}/{pid}/environ").AsSpan().IndexOf(entry) >= 0;
        }
        catch (Exception notOurs) when (notOurs is IOException or UnauthorizedAccessException)
        {
            return false; // gone meanwhile, or another user's
        }
    }
}
