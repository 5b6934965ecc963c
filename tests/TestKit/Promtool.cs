using System.Diagnostics;

namespace ViViT.TestKit;

/// <summary>Prometheus' own checker.</summary>
public static class Promtool
{
    /// <summary>Runs it in a folder; input is what it reads from stdin.</summary>
    public static async Task<(int ExitCode, string Output)> Run(string[] arguments, string input = "", string folder = "/")
    {
        var start = new ProcessStartInfo("promtool", arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder };
        using var process = Process.Start(start)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output + await errors);
    }
}
