using Microsoft.Extensions.Logging;
using ViViT.Worker.TrainerProcess;

namespace ViViT.Worker.Agent;

/// <summary>A worker: its slots, its heartbeat, its way to the server.</summary>
internal sealed partial class WorkerAgent(
    AgentOptions options, BearerToken token, TrainerLauncher launcher, TimeProvider time, ILoggerFactory logs)
{
    private readonly ILogger log = logs.CreateLogger<WorkerAgent>();

    /// <summary>Leases and trains until <paramref name="stop"/>; then trainers save, what is unfinished is handed back.</summary>
    /// <returns>Whether everything held was handed back in time.</returns>
    public async Task<bool> Run(CancellationToken stop)
    {
        AgentStarts(options.Worker, BuildVersion.Text, options.Server, options.Pool, string.Join(", ", options.Slots));
        using var http = ControlPlaneClient.Connect(options.Server);
        var client = new ControlPlaneClient(http, options.Worker, token);
        var link = new ServerLink(options.Server, time, logs.CreateLogger<ServerLink>());
        var held = new HeldLeases();
        var kinds = options.Slots.CountBy(device => device).ToDictionary(slots => slots.Key, slots => DeviceKind.Of(slots.Key, options.Threads, slots.Value));

        using var end = CancellationTokenSource.CreateLinkedTokenSource(stop);
        using var abandon = new CancellationTokenSource();
        await using var patience = end.Token.Register(() =>
        {
            AgentStops(options.Worker, options.StopPatience.TotalSeconds);
            abandon.CancelAfter(options.StopPatience);
        });
        using var silence = new CancellationTokenSource();
        var heartbeat = Guard("heartbeat", new HeartbeatLoop(client, link, held, options, time, logs.CreateLogger<HeartbeatLoop>()).Run(silence.Token));
        var slots = await Task.WhenAll(options.Slots.Select((device, slot) =>
        {
            var seat = new TrainerSeat(launcher, new(slot, device, options.Threads), time, logs.CreateLogger<TrainerSeat>());
            var loop = new SlotLoop(slot, kinds[device], client, link, held, seat, options, time, logs.CreateLogger<SlotLoop>());
            return Guard($"slot {slot}", loop.Run(end.Token, abandon.Token));
        }));
        await silence.CancelAsync();
        var sound = await heartbeat && slots.All(slot => slot);
        AgentEnds(options.Worker);
        return sound && !abandon.IsCancellationRequested;

        // What escapes is a bug. The agent then ends rather than live on with a part of it dead: whoever supervises it starts another.
        async Task<bool> Guard(string part, Task running)
        {
            try
            {
                await running;
                return true;
            }
            catch (Exception bug)
            {
                PartFailed(bug, part);
                await end.CancelAsync();
                return false;
            }
        }
    }

    [LoggerMessage(LogLevel.Information, "Worker {Worker} ({Version}) serves pool {Pool} of {Server} with slots {Slots}")]
    private partial void AgentStarts(string worker, string version, Uri server, string pool, string slots);

    [LoggerMessage(LogLevel.Information, "Worker {Worker} stops: its trainers save and end, within {Seconds:0} s")]
    private partial void AgentStops(string worker, double seconds);

    [LoggerMessage(LogLevel.Information, "Worker {Worker} has ended")]
    private partial void AgentEnds(string worker);

    [LoggerMessage(LogLevel.Critical, "The {Part} of this worker failed, so the worker ends")]
    private partial void PartFailed(Exception exception, string part);
}
