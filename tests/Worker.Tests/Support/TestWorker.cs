using ViViT.Contracts.DataSets;
using ViViT.Contracts.Specs;
using ViViT.Worker.Agent;
using ViViT.Worker.TrainerProcess;

namespace ViViT.Worker.Tests.Support;

/// <summary>An agent in this process with real trainer processes, or ones played by the shell.</summary>
internal sealed class TestWorker : IAsyncDisposable
{
    private readonly CancellationTokenSource stop = new();
    private readonly Task<bool> running;

    public TestWorker(
        FakeSilo silo, TestFolder folder, TrainerLauncher? launcher = null, int slots = 1, TimeSpan? grace = null, TimeSpan? stall = null, string device = "cpu",
        NvidiaSmi? smi = null, bool drainWhenIdle = false, double leaseWait = 20, StopSchedule? schedule = null)
    {
        Options = new()
        {
            Server = silo.Address,
            TokenFile = folder["token"],
            Worker = "test-0001",
            Slots = [.. Enumerable.Repeat(device, slots)],
            Data = folder["data"],
            Checkpoints = folder["checkpoints"],
            MaxGroup = 8,
            Stop = schedule ?? StopSchedule.Within(grace ?? TimeSpan.FromSeconds(20)),
            Stall = stall ?? TimeSpan.FromSeconds(120),
            DrainWhenIdle = drainWhenIdle,
            LeaseWait = TimeSpan.FromSeconds(leaseWait),
            DevicePatience = TimeSpan.FromSeconds(0.3),
        };
        var token = new BearerToken(Options.TokenFile);
        Assert.True(token.TryRead());
        running = new WorkerAgent(Options, token, launcher ?? Programs.RealTrainer, TimeProvider.System, Log.Factory(), smi).Run(stop.Token);
    }

    public AgentOptions Options { get; }

    public LogLines Log { get; } = new();

    /// <summary>The trainer process of a slot that reached readiness last.</summary>
    public int TrainerPid => int.Parse(
        Log.Lines.Last(line => line.Contains("is ready (pid", StringComparison.Ordinal)).Split("(pid ")[1].TrimEnd(')'), System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Ends when the worker ends by itself.</summary>
    public Task<bool> Ended => running.WaitAsync(TimeSpan.FromSeconds(120));

    public async Task<bool> Stop()
    {
        await stop.CancelAsync();
        return await running.WaitAsync(TimeSpan.FromSeconds(120));
    }

    public async ValueTask DisposeAsync()
    {
        await Stop();
        stop.Dispose();
    }

    /// <summary>Eight steps of a tiny model.</summary>
    public static ExperimentSpec Tiny(int epochs = 1, int logEvery = 1, int checkpointEvery = 4, string data = DataSetCatalogue.Shapes3D) => new()
    {
        Data = new() { Name = data, Limit = 32 },
        Model = new() { Width = 16, Layers = 1, Heads = 2, Patch = new(14, 14, 14) },
        Training = new() { Epochs = epochs, BatchSize = 4, LogEverySteps = logEvery, CheckpointEverySteps = checkpointEvery },
        Seed = 1,
    };
}
