using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using ViViT.Contracts.Configuration;
using ViViT.Worker.Telemetry;
using ViViT.Worker.TrainerProcess;

namespace ViViT.Worker.Agent;

/// <summary><c>ViViT.Worker agent</c>.</summary>
internal static class AgentCommand
{
    private static readonly TimeSpan TokenPatience = TimeSpan.FromSeconds(30);

    /// <param name="flags">Settings.</param>
    public static async Task<int> Run(IReadOnlyList<string> flags)
    {
        using var stop = new CancellationTokenSource();
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        try
        {
            UnknownVariables.Tell(Console.Error);
            var launcher = TrainerLauncher.ThisProgram();
            var settings = SettingValues.Of(Programs.Worker, flags, Environment.GetEnvironmentVariable);
            var options = AgentOptions.Read(settings, Environment.GetEnvironmentVariable, () => CudaDevices(launcher));
            using var logs = AgentLog.Start(settings.Get(Settings.LogFormat));
            using var tracing = Tracing.StartIfCollected(options.Worker, Environment.GetEnvironmentVariable);
            var token = new BearerToken(options.TokenFile);
            await token.WaitFor(TokenPatience, TimeProvider.System, stop.Token);
            return await new WorkerAgent(options, token, launcher, TimeProvider.System, logs).Run(stop.Token) ? ExitCodes.Done : ExitCodes.Failed;
        }
        catch (SettingException wrong)
        {
            await Console.Error.WriteLineAsync(wrong.Message);
            return ExitCodes.Usage;
        }
        catch (IOException taken)
        {
            await Console.Error.WriteLineAsync(taken.Message);
            return ExitCodes.Failed;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return ExitCodes.Done;
        }

        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stop.Cancel();
        }
    }

    // Without the driver's device file there is nothing to ask libtorch about, which takes a second.
    private static int CudaDevices(TrainerLauncher launcher)
    {
        if (OperatingSystem.IsLinux() && !File.Exists("/dev/nvidiactl") && !File.Exists("/dev/dxg")) return 0;
        var start = new ProcessStartInfo(launcher.Program) { RedirectStandardOutput = true };
        foreach (var argument in launcher.Arguments.SkipLast(1).Append("devices")) start.ArgumentList.Add(argument);
        using var asked = Process.Start(start)!;
        var answer = asked.StandardOutput.ReadToEnd().Trim();
        asked.WaitForExit();
        return int.TryParse(answer.Split('\n')[^1], NumberStyles.None, CultureInfo.InvariantCulture, out var devices)
            ? devices
            : throw new SettingException(Settings.Device.Variable, $"cannot be chosen, since asking libtorch for CUDA devices failed with exit code {asked.ExitCode}. Give cpu to train without a GPU.");
    }
}
