using System.Diagnostics;

namespace ViViT.Silo.Tests;

/// <summary>The silo's program run for one of its commands.</summary>
internal static class SiloCommand
{
    public static Task<Result> Run(string postgres, params string[] arguments) => Run(new Dictionary<string, string> { ["VIVIT_POSTGRES"] = postgres }, arguments);

    public static async Task<Result> Run(Dictionary<string, string> environment, params string[] arguments)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "ViViT.Silo.dll"), .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var ambient in start.Environment.Keys.Where(name => name.StartsWith("VIVIT_", StringComparison.Ordinal)).ToList()) start.Environment.Remove(ambient);
        foreach (var (name, value) in environment) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(patience.Token), process.StandardError.ReadToEndAsync(patience.Token));
        await process.WaitForExitAsync(patience.Token);
        return new(process.ExitCode, await output, await errors);
    }

    internal sealed record Result(int ExitCode, string Output, string Errors);
}
