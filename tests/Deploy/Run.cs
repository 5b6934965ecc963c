using System.ComponentModel;
using System.Diagnostics;

namespace ViViT.Deploy.Tests;

/// <summary>Runs programs of the machine to their end.</summary>
internal static class Run
{
    /// <summary>Exit code 127 when there is no such program, as a shell has it.</summary>
    public static async Task<(int ExitCode, string Output, string Errors)> Program(string program, IEnumerable<string> arguments, Action<ProcessStartInfo>? adjust = null)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        adjust?.Invoke(start);
        try
        {
            using var process = Process.Start(start)!;
            process.StandardInput.Close();
            var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
            await Task.WhenAll(output, errors);
            await process.WaitForExitAsync();
            return (process.ExitCode, await output, await errors);
        }
        catch (Win32Exception)
        {
            return (127, "", $"{program} is not on this machine");
        }
    }
}
