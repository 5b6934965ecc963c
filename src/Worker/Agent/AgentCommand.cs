using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using ViViT.Contracts.Configuration;
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
        using var logs = LoggerFactory.Create(ToStandardError);
        try
        {
            var launcher = TrainerLauncher.ThisProgram();
            var options = AgentOptions.Read(SettingValues.Of(Programs.Worker, flags, Environment.GetEnvironmentVariable), Environment.GetEnvironmentVariable, () => CudaDevices(launcher));
            var token = new BearerToken(options.TokenFile);
            await token.WaitFor(TokenPatience, TimeProvider.System, stop.Token);
            return await new WorkerAgent(options, token, launcher, TimeProvider.System, logs).Run(stop.Token) ? ExitCodes.Done : ExitCodes.Failed;
        }
        catch (SettingException wrong)
        {
            await Console.Error.WriteLineAsync(wrong.Message);
            return ExitCodes.Usage;
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

    private static void ToStandardError(ILoggingBuilder logging)
    {
        logging.AddSimpleConsole(format => (format.SingleLine, format.TimestampFormat) = (true, "yyyy-MM-dd HH:mm:ss "));
        logging.Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
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
