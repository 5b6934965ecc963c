using System.Globalization;

namespace ViViT.Worker;

/// <summary>The memory that the system lets this process have, and how often it killed for want of it, as Linux tells in its files.</summary>
/// <param name="root">Where <c>proc</c> and <c>sys</c> lie.</param>
internal sealed class HostMemory(string root = "/")
{
    /// <summary>Bytes: the machine's, or less where a control group (a container) is limited. Null where the system does not tell.</summary>
    public long? TotalBytes() =>
        ((IEnumerable<long?>)[Number("proc/meminfo", "MemTotal:") * 1024, .. Unified().Select(folder => Alone($"{folder}/memory.max")), .. Legacy().Select(folder => Alone($"{folder}/memory.limit_in_bytes"))])
        .Where(limit => limit is not null).Min();

    /// <summary>
    /// Processes that were killed so far because memory ran out: of the control group that this process is in; of the whole machine where that
    /// is not counted. Null where the system does not tell.
    /// </summary>
    public long? OutOfMemoryKills() =>
        Unified().Select(folder => Number($"{folder}/memory.events", "oom_kill"))
            .Concat(Legacy().Select(folder => Number($"{folder}/memory.oom_control", "oom_kill")))
            .FirstOrDefault(kills => kills is not null) ?? Number("proc/vmstat", "oom_kill");

    // Folders of the control group and of those around it, innermost first. In a container the path may be the host's, and not be there.
    private IEnumerable<string> Unified() => Around("sys/fs/cgroup", Lines("proc/self/cgroup").Select(line => line.Split(':', 3)).FirstOrDefault(parts => parts is ["0", "", _])?[2]);

    private IEnumerable<string> Legacy() =>
        Around("sys/fs/cgroup/memory", Lines("proc/self/cgroup").Select(line => line.Split(':', 3)).FirstOrDefault(parts => parts is [_, var controllers, _] && controllers.Split(',').Contains("memory"))?[2]);

    private static IEnumerable<string> Around(string mount, string? group)
    {
        for (var path = group?.TrimEnd('/'); !string.IsNullOrEmpty(path); path = path[..path.LastIndexOf('/')]) yield return mount + path;
        if (group is not null) yield return mount;
    }

    // The number after a word, in a file of such lines.
    private long? Number(string file, string word) =>
        Lines(file).Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).FirstOrDefault(parts => parts.Length >= 2 && parts[0] == word) is [_, var text, ..] ? Parse(text) : null;

    // The only number of a file; "max" is none.
    private long? Alone(string file) => Lines(file) is [var text, ..] ? Parse(text) : null;

    private static long? Parse(string text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private string[] Lines(string file)
    {
        try
        {
            return File.ReadAllLines(Path.Combine(root, file));
        }
        catch (Exception absent) when (absent is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
