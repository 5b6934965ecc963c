using System.Runtime.InteropServices;
using TorchSharp;
using ViViT.Contracts.Configuration;

namespace ViViT.Worker.TrainerProcess;

/// <summary><c>ViViT.Worker trainer</c>: the process that trains for one slot of an agent.</summary>
internal static class TrainerCommand
{
    public static int Run(IReadOnlyList<string> arguments)
    {
        TrainerOptions options;
        try
        {
            options = TrainerOptions.Parse(arguments);
        }
        catch (SettingException wrong)
        {
            Console.Error.WriteLine(wrong.Message);
            return ExitCodes.Usage;
        }

        using var output = Libc.TakeStandardOutput();
        Console.SetOut(Console.Error);

        // A terminal sends Ctrl-C to the whole process group, a supervisor may signal it: when to end is the agent's decision.
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Ignore);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Ignore);

        torch.set_num_threads(options.Threads);
        var device = torch.device(options.Device);
        using (torch.zeros(1, device: device))
        {
            // The device answers: better here than within someone's attempt.
        }

        using var replies = new ReplyWriter(output, agentGone: () => Libc.ExitNow(ExitCodes.Failed));
        var executor = new TrainingExecutor(device, replies.Tell, TimeProvider.System);
        using var host = new TrainerHost(Console.In, executor.Train, executor.Measure, replies, agentGone: why =>
        {
            // No orphan trains on; the last checkpoint that was committed is where the next attempt continues.
            Console.Error.WriteLine($"trainer of slot {options.Slot} ends: {why}");
            Libc.ExitNow(ExitCodes.Done);
        });
        host.Run();
        return ExitCodes.Done;
    }

    private static void Ignore(PosixSignalContext signal) => signal.Cancel = true;
}
