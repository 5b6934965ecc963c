using System.Collections.Concurrent;
using System.Diagnostics;

namespace ViViT.Worker.Tests.Support;

/// <summary>The real program, as a supervisor starts it; whatever is left of it goes with the test.</summary>
internal sealed class AgentProgram : IDisposable
{
    private readonly Process process;

    /// <param name="settings">More environment variables.</param>
    public AgentProgram(Uri server, TestFolder folder, int slots = 1, params (string Variable, string Value)[] settings)
    {
        var environment = new Dictionary<string, string>
        {
            ["VIVIT_SERVER"] = server.ToString(),
            ["VIVIT_TOKEN_FILE"] = folder["token"],
            ["VIVIT_POOL"] = "night",
            ["VIVIT_DEVICE"] = "cpu",
            ["VIVIT_SLOTS"] = $"{slots}",
            ["VIVIT_DATA"] = folder["data"],
            ["VIVIT_CHECKPOINTS"] = folder["checkpoints"],
        };
        foreach (var (variable, value) in settings) environment[variable] = value;
        process = Process.Start(Programs.Start(Programs.Worker, ["agent"], environment))!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data is { } text) Lines.Enqueue(text);
        };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public int Id => process.Id;

    /// <summary>Of its log.</summary>
    public ConcurrentQueue<string> Lines { get; } = [];

    /// <summary>The exit code, once it ends by itself.</summary>
    public async Task<int> Ended()
    {
        await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(120), TestContext.Current.CancellationToken);
        return process.ExitCode;
    }

    public void Dispose()
    {
        if (!process.HasExited) process.Kill(entireProcessTree: true);
        process.Dispose();
    }
}
