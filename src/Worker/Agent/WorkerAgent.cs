using Microsoft.Extensions.Logging;
using ViViT.Contracts.Configuration;
using ViViT.Contracts.Wire;
using ViViT.Worker.Telemetry;
using ViViT.Worker.TrainerProcess;

namespace ViViT.Worker.Agent;

/// <summary>A worker: its slots, its heartbeat, its way to the server.</summary>
/// <param name="smi">Tells about GPUs; the installed one when null.</param>
internal sealed partial class WorkerAgent(
    AgentOptions options, BearerToken token, TrainerLauncher launcher, TimeProvider time, ILoggerFactory logs, NvidiaSmi? smi = null)
{
    private readonly ILogger log = logs.CreateLogger<WorkerAgent>();
    private readonly NvidiaSmi smi = smi ?? NvidiaSmi.Installed;

    /// <summary>Leases and trains until <paramref name="stop"/>, or until the server drains it; then trainers save, what is unfinished is handed back.</summary>
    /// <returns>Whether nothing was left behind.</returns>
    /// <exception cref="SettingException">A setting cannot be used.</exception>
    /// <exception cref="IOException">Metrics cannot be served where they should be: the address is taken.</exception>
    public async Task<bool> Run(CancellationToken stop)
    {
        using var scope = log.OfWorker(options.Worker);
        using var metrics = new WorkerMetrics(options.Pool, options.Device, options.Slots.Count, time);
        var health = new AgentHealth(time);
        await using var management = options.Management is { } at ? await ManagementEndpoint.Start(at, options.Worker, health, logs) : null;
        await using var gpus = management is null || options.Device == "cpu" ? null : new GpuGauges(metrics.Meter, smi, time, logs.CreateLogger<GpuGauges>());
        AgentStarts(options.Worker, BuildVersion.Text, options.Server, options.Pool, string.Join(", ", options.Slots));
        using var http = ControlPlaneClient.Connect(options.Server, options.CertificateAuthority);
        var client = new ControlPlaneClient(http, options.Worker, token);
        var link = new ServerLink(options.Server, metrics, time, logs.CreateLogger<ServerLink>());
        var held = new HeldLeases();
        var offered = Slots();

        using var closing = new Closing();
        using var hurry = new CancellationTokenSource();
        using var abandon = new CancellationTokenSource();
        var schedule = StopSchedule.Within(options.Grace);
        await using var asked = stop.Register(() => closing.Begin("stopped"));
        await using var patience = closing.Begun.Register(() =>
        {
            AgentStops(options.Worker, closing.Why, options.Grace.TotalSeconds);
            health.Close();
            hurry.CancelAfter(schedule.Save);
            abandon.CancelAfter(schedule.HandBack);
        });
        using var silence = new CancellationTokenSource();
        var heartbeat = Guard("heartbeat", async () =>
        {
            await new HeartbeatLoop(client, link, held, offered, closing, options, metrics, health, time, logs.CreateLogger<HeartbeatLoop>()).Run(silence.Token);
            return true;
        });
        var idle = options.DrainWhenIdle ? new IdleDrain(options.Slots.Count, health, closing) : null;
        var slots = await Task.WhenAll(options.Slots.Select((device, slot) =>
        {
            var seat = new TrainerSeat(launcher, new(slot, device, options.Threads), smi, metrics, time, logs.CreateLogger<TrainerSeat>()) { Patience = options.DevicePatience };
            var loop = new SlotLoop(slot, offered[slot], client, link, held, seat, options, closing, idle, metrics, health, time, logs.CreateLogger<SlotLoop>());
            return Guard(offered[slot].Name, () => loop.Run(hurry.Token, abandon.Token));
        }));
        await silence.CancelAsync();
        var sound = await heartbeat && slots.All(slot => slot);
        AgentEnds(options.Worker, closing.Why);
        return sound;

        // What escapes is a bug. The agent then ends rather than live on with a part of it dead: whoever supervises it starts another.
        async Task<bool> Guard(string part, Func<Task<bool>> run)
        {
            try
            {
                return await run();
            }
            catch (Exception bug)
            {
                PartFailed(bug, part);
                closing.Begin("failed");
                return false;
            }
        }
    }

    // Slots of one device are alike.
    private SlotInfo[] Slots()
    {
        var host = new HostMemory();
        var devices = options.Slots.CountBy(device => device).ToDictionary(slots => slots.Key, slots => (
            Kind: DeviceKind.Of(slots.Key, options.Threads, slots.Value, smi), Memory: DeviceMemory.Gib(slots.Key, slots.Value, smi, host)));
        return [.. options.Slots.Select((device, slot) => new SlotInfo($"slot-{slot}", devices[device].Kind, options.MaxGroup, devices[device].Memory))];
    }

    [LoggerMessage(LogLevel.Information, "Worker {Worker} ({Version}) serves pool {Pool} of {Server} with slots {Slots}")]
    private partial void AgentStarts(string worker, string version, Uri server, string pool, string slots);

    [LoggerMessage(LogLevel.Information, "Worker {Worker} {Why}: its trainers save and end, within {Seconds:0} s")]
    private partial void AgentStops(string worker, string why, double seconds);

    [LoggerMessage(LogLevel.Information, "Worker {Worker} has ended: it {Why}")]
    private partial void AgentEnds(string worker, string why);

    [LoggerMessage(LogLevel.Critical, "The {Part} of this worker failed, so the worker ends")]
    private partial void PartFailed(Exception exception, string part);
}
