using System.Security.Cryptography;
using ViViT.Contracts.Configuration;

namespace ViViT.Worker.Agent;

/// <summary>What an agent is told when it starts.</summary>
internal sealed record AgentOptions
{
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
    public int MaxGroup { get; init; } = 256;

    /// <summary>Where data sets are kept.</summary>
    public required string Data { get; init; }

    /// <summary>Checkpoint root that the pool's workers share.</summary>
    public required string Checkpoints { get; init; }

    /// <summary>How long a stopping agent may take in all: see <see cref="StopSchedule"/>.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How long the server may wait for work before it says that there is none.</summary>
    public TimeSpan LeaseWait { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>End when there is no work for a while.</summary>
    public bool DrainWhenIdle { get; init; }

    /// <summary>Where metrics and health are served; nowhere when null.</summary>
    public ListenAddress? Management { get; init; }

    /// <summary>PEM file of the authority that signed the server's certificate; the system's when null.</summary>
    public string? CertificateAuthority { get; init; }

    /// <summary>How long a device may take to be free of a trainer that ended before that is said; nothing is leased meanwhile, however long.</summary>
    public TimeSpan DevicePatience { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// A training trainer that gives no sign of life for so long hangs, unless its signs were far apart before; one that loads its data or does
    /// its first step may take ten times as long.
    /// </summary>
    public TimeSpan Stall { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary><c>cpu</c> or <c>cuda</c>, as people see it in the list of workers.</summary>
    public string Device => Slots[0].Split(':')[0];

    /// <param name="variable">Value of an environment variable, null when absent: tells where homes are.</param>
    /// <param name="cudaDevices">Counts the CUDA devices; asked only when the answer matters.</param>
    /// <exception cref="SettingException">A setting is missing or cannot be used.</exception>
    public static AgentOptions Read(SettingValues settings, Func<string, string?> variable, Func<int> cudaDevices)
    {
        var gpus = Gpus(settings.Get(Settings.Device), cudaDevices);
        var slots = settings.TryGet(Settings.Slots, out var wanted) ? wanted : gpus > 0 ? gpus : Environment.ProcessorCount;
        return new()
        {
            Server = settings.Get(Settings.Server),
            TokenFile = settings.Get(Settings.TokenFile),
            Pool = settings.Get(Settings.Pool),
            Worker = $"{(settings.TryGet(Settings.Worker, out var name) ? name : Environment.MachineName)}-{RandomNumberGenerator.GetHexString(4, lowercase: true)}",
            Slots = [.. Enumerable.Range(0, slots).Select(slot => gpus > 0 ? FormattableString.Invariant($"cuda:{slot % gpus}") : "cpu")],
            Threads = gpus > 0 ? Math.Max(1, Environment.ProcessorCount / slots) : 1,
            MaxGroup = settings.Get(Settings.MaxGroup),
            Data = settings.TryGet(Settings.Data, out var data) ? data! : Path.Combine(Xdg("XDG_CACHE_HOME", ".cache"), "vivit"),
            Checkpoints = settings.TryGet(Settings.Checkpoints, out var checkpoints) ? checkpoints! : Path.Combine(Xdg("XDG_STATE_HOME", ".local/state"), "vivit", "checkpoints"),
            Stall = settings.Get(Settings.Stall),
            Grace = settings.Get(Settings.Grace),
            DrainWhenIdle = settings.Get(Settings.DrainWhenIdle),
            Management = settings.TryGet(Settings.Management, out var management) ? management : null,
            CertificateAuthority = settings.TryGet(Settings.CertificateAuthority, out var authority) ? authority : null,
        };

        string Xdg(string name, string underHome) =>
            Text(name) ?? Path.Combine(Text("HOME") ?? throw new SettingException("HOME", $"is not set. Set it, or {name}, or {Settings.Data.Variable} and {Settings.Checkpoints.Variable}."), underHome);

        string? Text(string name) => variable(name) is { } text && !string.IsNullOrWhiteSpace(text) ? text.Trim() : null;
    }

    // 0: train on the CPU.
    private static int Gpus(string device, Func<int> cudaDevices) => device == "cpu" ? 0
        : cudaDevices() is var found && (found > 0 || device == "auto") ? found
        : throw new SettingException(Settings.Device.Variable, "is cuda, but libtorch finds no CUDA device. Check nvidia-smi and that this build has the CUDA package of libtorch, or give cpu.");
}
