using System.ComponentModel;
using Microsoft.Extensions.Logging;
using ViViT.Contracts.Wire;
using ViViT.Worker.Telemetry;
using ViViT.Worker.TrainerProcess;

namespace ViViT.Worker.Agent;

/// <summary>The trainer process of one slot: started when it is needed, kept warm between leases, replaced when it died and has left nothing behind.</summary>
internal sealed partial class TrainerSeat(TrainerLauncher launcher, TrainerOptions options, NvidiaSmi smi, WorkerMetrics metrics, TimeProvider time, ILogger log) : IAsyncDisposable
{
    private static readonly TimeSpan ReadyPatience = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    private readonly DeviceProof proof = new(options.Device, smi, time);
    private TrainerChild? trainer;
    private StartReason whyNone = StartReason.First;
    private bool isBlocked;

    /// <summary>Why the last trainer did not come up.</summary>
    public string WhyUnready { get; private set; } = "";

    /// <summary>How long the device may take to be free of the last trainer before that is said.</summary>
    public required TimeSpan Patience { get; init; }

    /// <summary>
    /// A trainer that has said that it is ready. A machine on which none comes up waits here, ever more slowly, and leases nothing: it would
    /// only use up the attempts of every experiment in its pool.
    /// </summary>
    public async Task<TrainerChild> Ready(CancellationToken stop)
    {
        for (var pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            if (await TryReady(stop) is { } ready) return ready;
            if (isBlocked) SlotBlocked(options.Slot, WhyUnready, pause.TotalSeconds);
            else NothingIsLeased(options.Slot, WhyUnready, pause.TotalSeconds);
            await Task.Delay(pause, time, stop);
        }
    }

    /// <summary>The warm trainer, or a new one; null when it does not come up, see <see cref="WhyUnready"/>.</summary>
    public async Task<TrainerChild?> TryReady(CancellationToken stop)
    {
        if (trainer is { HasExited: false } warm) return warm;
        await Discard(StartReason.Died);
        isBlocked = false;
        if (await proof.WhyHeld(Patience, stop) is { } held)
        {
            (isBlocked, WhyUnready) = (true, held);
            return null;
        }

        try
        {
            trainer = TrainerChild.Start(launcher, options, log);
            metrics.TrainerStarts(whyNone);
            whyNone = StartReason.Unready;
            proof.Starts(trainer);
            if (await SaysReady(trainer, stop))
            {
                TrainerReady(options.Slot, options.Device, trainer.ProcessId);
                await proof.CameUp(trainer);
                return trainer;
            }

            WhyUnready = (await trainer.HowItEnded(step: 0)).Reason;
        }
        catch (Win32Exception unstartable)
        {
            WhyUnready = $"{launcher.Program} cannot be started: {unstartable.Message}";
        }

        await Discard(StartReason.Unready);
        return null;
    }

    /// <summary>What the trainer writes to stderr concerns these, and goes to <paramref name="by"/>, too.</summary>
    public void Heard(IReadOnlyList<LeasedExperiment> lease, Action<string> by)
    {
        trainer?.Concerns = () => log.Of(lease);
        trainer?.Wrote = by;
    }

    /// <summary>What it writes from now on concerns nobody.</summary>
    public void Unheard()
    {
        trainer?.Wrote = null;
        trainer?.Concerns = null;
    }

    /// <summary>Ends the trainer; the next call of <see cref="Ready"/> starts another.</summary>
    public async Task Discard(StartReason why)
    {
        if (trainer is null) return;
        await trainer.DisposeAsync();
        (trainer, whyNone) = (null, why);
    }

    public async ValueTask DisposeAsync()
    {
        await Discard(StartReason.Died);
        proof.KillLeftovers();
    }

    private async Task<bool> SaysReady(TrainerChild started, CancellationToken stop)
    {
        using var late = new CancellationTokenSource(ReadyPatience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, stop);
        try
        {
            return await started.Replies.WaitToReadAsync(either.Token) && started.Replies.TryRead(out var said) && said is TrainerReply.Ready;
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            started.Kill();
            return false;
        }
    }

    [LoggerMessage(LogLevel.Information, "slot {Slot}: trainer on {Device} is ready (pid {Pid})")]
    private partial void TrainerReady(int slot, string device, int pid);

    [LoggerMessage(LogLevel.Error, "slot {Slot}: no trainer comes up: {Why}. Trying again in {Seconds:0.#} s; nothing is leased meanwhile")]
    private partial void NothingIsLeased(int slot, string why, double seconds);

    [LoggerMessage(LogLevel.Error, "slot {Slot} is blocked: {Why}. Checking again in {Seconds:0.#} s; nothing is leased meanwhile")]
    private partial void SlotBlocked(int slot, string why, double seconds);
}
