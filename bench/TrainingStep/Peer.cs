using System.Diagnostics;
using System.Globalization;

namespace ViViT.Bench.TrainingStep;

/// <summary>The Python process that does the same step in PyTorch eager.</summary>
internal sealed class Peer : IDisposable
{
    private readonly Process process;

    public Peer(string python, string script)
    {
        process = Process.Start(new ProcessStartInfo(python, [script]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        Version = process.StandardOutput.ReadLine() ?? throw Ended();
    }

    public string Version { get; }

    /// <summary>Times of so many steps in milliseconds.</summary>
    public async Task<List<double>> Steps(int threads, string precision, int count) => await Ask($"step {threads} {precision} {count}");

    /// <summary>Rates of 1024³ products in GFLOP/s.</summary>
    public async Task<List<double>> Products(int threads, string precision, int count) => await Ask($"mm {threads} {precision} {count}");

    public void Dispose()
    {
        process.StandardInput.Close();
        process.WaitForExit();
        process.Dispose();
    }

    private async Task<List<double>> Ask(FormattableString request)
    {
        await process.StandardInput.WriteLineAsync(FormattableString.Invariant(request));
        await process.StandardInput.FlushAsync();
        var line = await process.StandardOutput.ReadLineAsync() ?? throw Ended();
        return [.. line.Split(' ').Select(text => double.Parse(text, CultureInfo.InvariantCulture))];
    }

    private static InvalidOperationException Ended() => new("The peer ended early; its errors are above.");
}
