using System.Diagnostics;
using System.Globalization;
using static TorchSharp.torch;

namespace ViViT.Bench.TrainingStep;

/// <summary>
/// A process of ours with a learner of so many members on so many threads, as a worker's slot has it. A process, because OpenMP keeps a team
/// of threads for each thread that computes, and as soon as there are more than cores they no longer wait for each other awake.
/// </summary>
internal sealed class Member(string precision, int members, int threads) : IDisposable
{
    private readonly Process process = Process.Start(new ProcessStartInfo(
        Environment.ProcessPath!, ["member", precision, members.ToString(CultureInfo.InvariantCulture), threads.ToString(CultureInfo.InvariantCulture)])
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
    })!;

    /// <summary>Times of so many steps in milliseconds, all members together.</summary>
    public async Task<List<double>> Steps(int count)
    {
        await process.StandardInput.WriteLineAsync(count.ToString(CultureInfo.InvariantCulture));
        await process.StandardInput.FlushAsync();
        var line = await process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("A member ended early; its errors are above.");
        return [.. line.Split(' ').Select(text => double.Parse(text, CultureInfo.InvariantCulture))];
    }

    public void Dispose()
    {
        process.StandardInput.Close();
        process.WaitForExit();
        process.Dispose();
    }

    /// <summary>The process: does as many steps as each line of stdin says, and answers with a line of their times.</summary>
    public static void Be(string precision, int members, int threads)
    {
        set_num_threads(threads);
        using var ours = new Ours(members, precision);
        while (Console.ReadLine() is { } line)
        {
            Console.WriteLine(string.Join(' ', ours.Steps(int.Parse(line, CultureInfo.InvariantCulture)).Select(time => time.ToString("F3", CultureInfo.InvariantCulture))));
        }
    }
}
