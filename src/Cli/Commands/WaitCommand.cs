using System.CommandLine;
using ViViT.Cli.Output;
using ViViT.Contracts.Experiments;
using ViViT.Contracts.Sweeps;

namespace ViViT.Cli.Commands;

/// <summary><c>vivit wait ID</c>: nothing but waiting, for scripts; the exit code is the outcome.</summary>
internal static class WaitCommand
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(0.5);

    public static Command Create()
    {
        var id = Shared.Id("sweep, or with --experiment of the experiment");
        var experiment = new Option<bool>("--experiment") { Description = "The number is an experiment's" };
        var timeout = new Option<double?>("--timeout") { Description = "Give up after so many seconds, with exit code 3" };
        var command = new Command("wait", "Wait for a sweep's end; the exit code is its outcome") { id, experiment, timeout };
        command.SetAction(async (parsed, cancellation) =>
        {
            using var client = ControlPlaneClient.Connect();
            var number = parsed.GetRequiredValue(id);
            using var late = new CancellationTokenSource();
            if (parsed.GetValue(timeout) is { } seconds) late.CancelAfter(TimeSpan.FromSeconds(Math.Clamp(seconds, 0, int.MaxValue / 1000)));
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, late.Token);
            try
            {
                return parsed.GetValue(experiment) ? await ForExperiment(client, number, either.Token) : await ForSweep(client, number, either.Token);
            }
            catch (OperationCanceledException) when (late.IsCancellationRequested && !cancellation.IsCancellationRequested)
            {
                Terminal.Note($"{number} had not ended after {parsed.GetValue(timeout)} s; it goes on.");
                return ExitCodes.TimedOut;
            }
        });
        return command;
    }

    private static Task<int> ForSweep(ControlPlaneClient client, long id, CancellationToken cancellation) => Poll(
        async () => (await client.Sweep(id, cancellation)).State is var state && state.IsFinal() ? SweepReport.ExitCodeOf(state) : null, cancellation);

    private static Task<int> ForExperiment(ControlPlaneClient client, long id, CancellationToken cancellation) => Poll(
        async () => (await client.Experiment(id, cancellation)).Row.State switch
        {
            ExperimentState.Succeeded or ExperimentState.Stopped => ExitCodes.Done,
            ExperimentState.Failed => ExitCodes.ExperimentsFailed,
            ExperimentState.Cancelled => ExitCodes.Cancelled,
            _ => null,
        },
        cancellation);

    private static Task<int> Poll(Func<Task<int?>> outcome, CancellationToken cancellation) => Following.Server(
        async () =>
        {
            if (await outcome() is { } code) return code;
            await Task.Delay(Pause, cancellation);
            return null;
        },
        Pause, cancellation);
}
