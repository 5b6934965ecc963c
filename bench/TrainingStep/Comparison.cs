using System.Diagnostics;
using System.Globalization;

namespace ViViT.Bench.TrainingStep;

/// <summary>Every mode, ours and the peer's in turn; medians.</summary>
internal static class Comparison
{
    private const int Warmup = 6;
    private const int StepsPerRound = 10;
    private const double GigaFlopOfAStep = 8.67;   // products of one forward and backward pass of 32 samples

    public static async Task<int> Run(string python, string script, int rounds)
    {
        using var peer = new Peer(python, script);
        Console.WriteLine($"peer: {peer.Version}; batch {Ours.Batch}, 28-cubes, 1,656,971 parameters; medians of {rounds} rounds of {StepsPerRound} steps");
        Console.WriteLine("precision | mode                      | ours ms a step | PyTorch ms a step | PyTorch / ours | ours, of the 1024-cube product's rate");
        foreach (var precision in (string[])["float32", "bfloat16"])
        {
            foreach (var threads in (int[])[1, 2])
            {
                using var ours = new Member(precision, members: 1, threads);
                await ours.Steps(Warmup);
                await peer.Steps(threads, precision, Warmup);
                var (mine, theirs) = (new List<double>(), new List<double>());
                for (var round = 0; round < rounds; round++)
                {
                    mine.AddRange(await ours.Steps(StepsPerRound));
                    theirs.AddRange(await peer.Steps(threads, precision, StepsPerRound));
                }

                var ceiling = Median(await peer.Products(threads, precision, 10));
                Print(precision, $"alone, {threads} thread(s)", Median(mine), Median(theirs), GigaFlopOfAStep / Median(mine) * 1000 / ceiling);
            }

            await TwoSideBySide(peer, precision, rounds);
            foreach (var members in (int[])[3, 6, 12])
            {
                await Group(peer, precision, members, Math.Max(2, rounds / 2));
            }
        }

        return 0;
    }

    private static async Task TwoSideBySide(Peer peer, string precision, int rounds)
    {
        using var first = new Member(precision, members: 1, threads: 1);
        using var second = new Member(precision, members: 1, threads: 1);
        await Task.WhenAll(first.Steps(Warmup), second.Steps(Warmup));
        var (mine, theirs) = (new List<double>(), new List<double>());
        for (var round = 0; round < rounds; round++)
        {
            var start = Stopwatch.GetTimestamp();
            await Task.WhenAll(first.Steps(StepsPerRound), second.Steps(StepsPerRound));
            mine.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds / (2 * StepsPerRound));
            theirs.AddRange(await peer.Steps(threads: 2, precision, StepsPerRound));
        }

        Print(precision, "two, a thread each", Median(mine), Median(theirs), share: null);
    }

    private static async Task Group(Peer peer, string precision, int members, int rounds)
    {
        using var ours = new Member(precision, members, threads: 2);
        await ours.Steps(2);
        var (mine, theirs) = (new List<double>(), new List<double>());
        for (var round = 0; round < rounds; round++)
        {
            mine.AddRange((await ours.Steps(4)).Select(time => time / members));
            theirs.AddRange(await peer.Steps(threads: 2, precision, StepsPerRound));
        }

        Print(precision, $"group of {members}, 2 threads", Median(mine), Median(theirs), share: null);
    }

    private static void Print(string precision, string mode, double ours, double theirs, double? share) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture, $"{precision,-9} | {mode,-25} | {ours,14:F1} | {theirs,17:F1} | {theirs / ours,14:F2} | {share,6:P0}"));

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
