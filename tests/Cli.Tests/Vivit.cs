using System.Diagnostics;

namespace ViViT.Cli.Tests;

/// <summary>Runs the real command line in a folder of its own, with nothing of this machine's settings.</summary>
internal sealed class Vivit : IDisposable
{
    private static readonly string Program = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "Cli", Path.GetFileName(AppContext.BaseDirectory.TrimEnd('/')), "vivit"));

    public string Folder { get; } = Directory.CreateTempSubdirectory("vivit-cli-").FullName;

    public Dictionary<string, string> Environment { get; } = [];

    public string Write(string name, string text)
    {
        var path = Path.Combine(Folder, name);
        File.WriteAllText(path, text);
        return path;
    }

    /// <summary>Speaks to that server with that token.</summary>
    public Vivit To(Uri server, string token)
    {
        Environment["VIVIT_SERVER"] = server.ToString();
        Environment["VIVIT_TOKEN_FILE"] = Write("token", token + "\n");
        return this;
    }

    public Process Start(params string[] arguments) => Start(Program, arguments);

    /// <summary>Runs on a terminal of that many columns; what it says on stdout and stderr comes back as one output, without carriage returns. Skips the test where there is no script(1).</summary>
    public async Task<Result> RunOnTerminal(int columns, params string[] arguments)
    {
        const string Script = "/usr/bin/script";
        Assert.SkipUnless(File.Exists(Script), $"{Script} is absent; apt-get install bsdutils");
        using var process = Start(Script, ["-qec", $"stty cols {columns}; exec {Program} {string.Join(' ', arguments)}", "/dev/null"]);
        var told = await End(process);
        return told with { Output = told.Output.Replace("\r", "", StringComparison.Ordinal) };
    }

    /// <summary>Runs with a shell's redirection, e.g. <c>&gt;/dev/full</c>.</summary>
    public async Task<Result> RunRedirected(string redirection, params string[] arguments)
    {
        using var process = Start("/bin/sh", ["-c", $"exec {Program} {string.Join(' ', arguments)} {redirection}"]);
        return await End(process);
    }

    /// <summary>Runs a shell's text as root of a user and mount namespace of its own, where <c>$0</c> is the program.</summary>
    public async Task<Result> RunInNamespace(string text)
    {
        using var process = Start("unshare", ["--map-root-user", "--mount", "/bin/sh", "-c", text, Program]);
        return await End(process);
    }

    private Process Start(string program, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Folder };
        foreach (var ambient in start.Environment.Keys.Where(name => name.StartsWith("VIVIT_", StringComparison.Ordinal)).ToArray()) start.Environment.Remove(ambient);
        start.Environment["VIVIT_STATE"] = Path.Combine(Folder, "state");
        start.Environment["VIVIT_DATA"] = Path.Combine(Folder, "data");
        start.Environment["TERM"] = "xterm";
        start.Environment.Remove("NO_COLOR");
        foreach (var (name, value) in Environment) start.Environment[name] = value;
        var process = Process.Start(start)!;
        process.StandardInput.Close();
        return process;
    }

    public async Task<Result> Run(params string[] arguments)
    {
        using var process = Start(arguments);
        return await End(process);
    }

    /// <summary>What the process said, once it has ended; half a minute at most.</summary>
    public static async Task<Result> End(Process process)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(30));
        try
        {
            var (output, errors) = (process.StandardOutput.ReadToEndAsync(patience.Token), process.StandardError.ReadToEndAsync(patience.Token));
            await process.WaitForExitAsync(patience.Token);
            return new(process.ExitCode, await output, await errors);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            throw;
        }
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    internal sealed record Result(int ExitCode, string Output, string Errors);
}
