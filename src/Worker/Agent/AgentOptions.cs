using System.Globalization;
using System.Security.Cryptography;

namespace ViViT.Worker.Agent;

/// <summary>What an agent is told when it starts.</summary>
internal sealed record AgentOptions
{
    private const int LargestGroup = 256;

    /// <summary>The silo's address.</summary>
    public required Uri Server { get; init; }

    /// <summary>File with the bearer token, one line.</summary>
    public required string TokenFile { get; init; }

    /// <summary>This incarnation of the worker; another start gets another name.</summary>
    public required string Worker { get; init; }

    public string Pool { get; init; } = "local";

    /// <summary>The device of each slot: <c>cpu</c> or <c>cuda:N</c>. Slots beyond the number of GPUs share them.</summary>
    public required IReadOnlyList<string> Slots { get; init; }

    /// <summary>Threads of one tensor operation on the CPU, per slot.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>The most experiments that a slot trains as one.</summary>
    public int MaxGroup { get; init; } = LargestGroup;

    /// <summary>Where data sets are kept.</summary>
    public required string Data { get; init; }

    /// <summary>Checkpoint root that the pool's workers share.</summary>
    public required string Checkpoints { get; init; }

    /// <summary>How long a stopping agent waits for its trainers' last checkpoints before it ends anyway.</summary>
    public TimeSpan StopPatience { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How long a device may take to be free of a trainer that ended before that is said; nothing is leased meanwhile, however long.</summary>
    public TimeSpan DevicePatience { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// A training trainer that gives no sign of life for so long hangs, unless its signs were far apart before; one that loads its data or does
    /// its first step may take ten times as long.
    /// </summary>
    public TimeSpan Stall { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary><c>cpu</c> or <c>cuda</c>, as people see it in the list of workers.</summary>
    public string Device => Slots[0].Split(':')[0];

    /// <param name="variable">Value of an environment variable, null when absent.</param>
    /// <param name="cudaDevices">Counts the CUDA devices; asked only when the answer matters.</param>
    /// <exception cref="SettingException">A setting is missing or malformed.</exception>
    public static AgentOptions Read(Func<string, string?> variable, Func<int> cudaDevices)
    {
        var (cuda, gpus) = ParseDevice(Text("VIVIT_DEVICE") ?? "auto", cudaDevices);
        var slots = ParseCount("VIVIT_SLOTS", Text("VIVIT_SLOTS")) ?? (cuda ? gpus : Environment.ProcessorCount);
        return new()
        {
            Server = ParseServer(Required("VIVIT_SERVER", "the base URL of the silo, e.g. http://127.0.0.1:5860")),
            TokenFile = Path.GetFullPath(Required("VIVIT_TOKEN_FILE", "the file with the bearer token")),
            Pool = Text("VIVIT_POOL") ?? "local",
            Worker = $"{Text("VIVIT_WORKER") ?? Environment.MachineName}-{RandomNumberGenerator.GetHexString(4, lowercase: true)}",
            Slots = [.. Enumerable.Range(0, slots).Select(slot => cuda ? FormattableString.Invariant($"cuda:{slot % gpus}") : "cpu")],
            Threads = cuda ? Math.Max(1, Environment.ProcessorCount / slots) : 1,
            MaxGroup = ParseCount("VIVIT_MAX_GROUP", Text("VIVIT_MAX_GROUP")) ?? LargestGroup,
            Data = Path.GetFullPath(Text("VIVIT_DATA") ?? Path.Combine(Xdg("XDG_CACHE_HOME", ".cache"), "vivit")),
            Checkpoints = Path.GetFullPath(Text("VIVIT_CHECKPOINTS") ?? Path.Combine(Xdg("XDG_STATE_HOME", ".local/state"), "vivit", "checkpoints")),
            Stall = ParseSeconds("VIVIT_STALL_SECONDS", Text("VIVIT_STALL_SECONDS")) ?? TimeSpan.FromSeconds(120),
        };

        string? Text(string name) => variable(name) is { } text && !string.IsNullOrWhiteSpace(text) ? text.Trim() : null;

        string Required(string name, string meaning) => Text(name) ?? throw new SettingException(name, $"is not set. Give {meaning}.");

        string Xdg(string name, string underHome) =>
            Text(name) ?? Path.Combine(Text("HOME") ?? throw new SettingException("HOME", $"is not set. Set it, or {name}, or VIVIT_DATA and VIVIT_CHECKPOINTS."), underHome);
    }

    private static Uri ParseServer(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var server) && server.Scheme is "http" or "https"
            ? server
            : throw new SettingException("VIVIT_SERVER", $"is '{text}'. Give an absolute http or https URL, e.g. http://127.0.0.1:5860.");

    private static (bool Cuda, int Devices) ParseDevice(string text, Func<int> cudaDevices) => text switch
    {
        "cpu" => (false, 0),
        "auto" => cudaDevices() is > 0 and var found ? (true, found) : (false, 0),
        "cuda" => cudaDevices() is > 0 and var found
            ? (true, found)
            : throw new SettingException("VIVIT_DEVICE", "is cuda, but libtorch finds no CUDA device. Check nvidia-smi and that this build has the CUDA package of libtorch, or give cpu."),
        _ => throw new SettingException("VIVIT_DEVICE", $"is '{text}'. Give cpu, cuda or auto."),
    };

    private static int? ParseCount(string name, string? text) =>
        text is null ? null
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count is >= 1 and <= 1024 ? count
        : throw new SettingException(name, $"is '{text}'. Give a whole number from 1 to 1024.");

    private static TimeSpan? ParseSeconds(string name, string? text) =>
        text is null ? null
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds is >= 1 and <= 86_400 ? TimeSpan.FromSeconds(seconds)
        : throw new SettingException(name, $"is '{text}'. Give a whole number of seconds from 1 to 86400.");
}
