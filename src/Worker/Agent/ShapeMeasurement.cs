using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using ViViT.Contracts.Wire;
using ViViT.Worker.Telemetry;
using ViViT.Worker.TrainerProcess;

namespace ViViT.Worker.Agent;

/// <summary>Has the slot's trainer measure a shape, and tells the server.</summary>
internal sealed partial class ShapeMeasurement(
    int slot, string deviceKind, TrainerSeat seat, ControlPlaneClient client, ServerLink link, AgentOptions options, TimeProvider time, ILogger log)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private bool hung;

    /// <returns>Whether the server knows the shape now.</returns>
    public async Task<bool> Run(ShapeToMeasure unknown, CancellationToken stop)
    {
        if (await seat.TryReady(stop) is not { } trainer)
        {
            NotMeasured(slot, unknown.Shape, seat.WhyUnready);
            return false;
        }

        hung = false;
        trainer.Begin();
        await trainer.Say(new TrainerRequest.Measure(unknown.Example, options.MaxGroup));
        switch (await Answer(trainer, stop))
        {
            case TrainerReply.Sized { Sizes: var sizes }:
                Measured(slot, unknown.Shape, deviceKind, sizes.Best, string.Join(", ", sizes.Sizes.Zip(sizes.SamplesPerSecond, (size, speed) => $"{size}: {speed:0}")));
                return await Tell(new(deviceKind, unknown.Shape, sizes.Best, sizes.Sizes, sizes.SamplesPerSecond), stop);
            case TrainerReply.Unsized unsized:
                NotMeasured(slot, unknown.Shape, unsized.Reason);
                return false;
            default:
                NotMeasured(slot, unknown.Shape, (await trainer.HowItEnded(step: 0)).Reason);
                await seat.Discard(hung ? StartReason.Hung : StartReason.Died);
                return false;
        }
    }

    // Null when the trainer ended, or had to be.
    private async Task<TrainerReply?> Answer(TrainerChild trainer, CancellationToken stop)
    {
        using var late = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, stop);
        try
        {
            return await trainer.Replies.ReadAsync(either.Token);
        }
        catch (ChannelClosedException)
        {
            return null;
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            hung = true;
            trainer.Kill();
            return null;
        }
    }

    private async Task<bool> Tell(MeasuredShape measured, CancellationToken stop)
    {
        try
        {
            return await link.UntilAnswered(cancellation => client.Tell(measured, cancellation), stop);
        }
        catch (RequestRefusedException refused)
        {
            NotMeasured(slot, measured.Shape, refused.Message);
            return false;
        }
    }

    [LoggerMessage(LogLevel.Information, "slot {Slot}: shape {Shape} trains best in groups of {Best} on {DeviceKind} (samples/s: {Speeds})")]
    private partial void Measured(int slot, string shape, string deviceKind, int best, string speeds);

    [LoggerMessage(LogLevel.Warning, "slot {Slot}: shape {Shape} could not be measured, so the next experiment trains alone. {Why}")]
    private partial void NotMeasured(int slot, string shape, string why);
}
