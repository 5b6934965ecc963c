using System.Diagnostics;
using System.Globalization;
using static TorchSharp.torch;

namespace ViViT.Bench.TrainingStep;

/// <summary>Two processes of ours at once, each with one thread and a model of its own, as a worker with two slots has them.</summary>
internal sealed class SideBySide : IDisposable
{
    private readonly Process[] processes;

    public SideBySide(string precision) => processes = [.. Enumerable.Range(0, 2).Select(_ =>
        Process.Start(new ProcessStartInfo(Environment.ProcessPath!, ["member", precision]) { RedirectStandardInput = true, RedirectStandardOutput = true })!)];

    /// <summary>Both do so many steps at the same time.</summary>
    /// <returns>Milliseconds for one of all the steps done.</returns>
    public async Task<double> Steps(int count)
    {
        var start = Stopwatch.GetTimestamp();
        await Task.WhenAll(processes.Select(async process =>
        {
            await process.StandardInput.WriteLineAsync(count.ToString(CultureInfo.InvariantCulture));
            await process.StandardInput.FlushAsync();
            _ = await process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("A member ended early; its errors are above.");
        }));
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds / (processes.Length * count);
    }

    public void Dispose()
    {
        foreach (var process in processes)
        {
            process.StandardInput.Close();
            process.WaitForExit();
            process.Dispose();
        }
    }

    /// <summary>One of the processes: does as many steps as each line of stdin says, and answers with a line.</summary>
    public static void BeMember(string precision)
    {
        set_num_threads(1);
        using var ours = new Ours(members: 1, precision);
        while (Console.ReadLine() is { } line)
        {
            ours.Steps(int.Parse(line, CultureInfo.InvariantCulture));
            Console.WriteLine("done");
        }
    }
}
