using System.Diagnostics;
using System.Runtime.InteropServices;
using ViViT.Worker.TrainerProcess;

namespace ViViT.Worker.Tests.Support;

internal static class Programs
{
    /// <summary>The real executable.</summary>
    public static string Worker { get; } = Path.Combine(AppContext.BaseDirectory, "ViViT.Worker");

    public static TrainerLauncher RealTrainer { get; } = new(Worker, ["trainer"]);

    /// <summary>The real trainer on a machine whose network leads nowhere.</summary>
    public static TrainerLauncher TrainerWithoutNetwork { get; } = new("/usr/bin/env", ["HTTPS_PROXY=http://127.0.0.1:1", Worker, "trainer"]);

    /// <summary>A trainer played by the shell: says ready, then runs the script when it has read the first request into <c>$request</c>.</summary>
    public static TrainerLauncher Script(string script) =>
        new("/bin/sh", ["-c", $$"""echo '{"say":"ready"}'; read -r request; {{script}}""", "sh"]);

    public static void Signal(int pid, PosixSignal signal) => Assert.Equal(0, Kill(pid, signal == PosixSignal.SIGTERM ? 15 : throw new ArgumentOutOfRangeException(nameof(signal))));

    public static void KillHard(int pid) => Assert.Equal(0, Kill(pid, 9));

    public static IReadOnlyList<int> ChildrenOf(int pid) =>
        [.. from folder in Directory.EnumerateDirectories("/proc")
            where int.TryParse(Path.GetFileName(folder), out _)
            let child = int.Parse(Path.GetFileName(folder), System.Globalization.CultureInfo.InvariantCulture)
            where Stat(child) is [_, var parent, ..] && parent == $"{pid}"
            select child];

    public static bool IsAlive(int pid) => Stat(pid) is [not "Z" and not "X", ..];

    public static async Task<(int ExitCode, string Output, string Errors)> Run(string program, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        using var process = Process.Start(Start(program, arguments, environment))!;
        process.StandardInput.Close();
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, await output, await errors);
    }

    public static ProcessStartInfo Start(string program, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string>? environment)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("VIVIT_", StringComparison.Ordinal)).ToArray()) start.Environment.Remove(name);
        foreach (var (name, value) in environment ?? new Dictionary<string, string>()) start.Environment[name] = value;
        return start;
    }

    // The fields of /proc/PID/stat from the state on; null when the process is gone.
    private static string[]? Stat(int pid)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{pid}/stat");
            return stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    [DllImport("libc", EntryPoint = "kill")]
    private static extern int Kill(int pid, int signal);
}
