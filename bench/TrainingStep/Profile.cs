using System.Diagnostics;
using System.Globalization;
using TorchSharp;
using ViViT.Models.Blocks;
using ViViT.Training.Losses;
using static TorchSharp.torch;

namespace ViViT.Bench.TrainingStep;

/// <summary>Where a step of ours spends its time; the parts are those of <see cref="ViViT.Training.Learner.Step"/>.</summary>
internal static class Profile
{
    private const int Steps = 40;

    public static void Print(int threads, string precision, int members)
    {
        set_num_threads(threads);
        using var ours = new Ours(members, precision);
        ours.Steps(6);
        var learner = ours.Learner;
        using var loss = new GroupLoss(new double[members], learner.Model.Classes, classWeights: null, CPU);
        double[] rates = [.. Enumerable.Repeat(1e-4, members)];
        var parts = new Dictionary<string, List<double>>();
        for (var step = 1; step <= Steps; step++)
        {
            using var scope = NewDisposeScope();
            var (patches, labels) = Time("batch", ours.NextBatch);
            var noise = new ModelNoise([.. Enumerable.Range(0, members).Select(seed => new MemberNoise(0.1, 0, seed))], step);
            var logits = Time("forward", () => learner.Model.Forward(learner.Parameters, patches, noise));
            var sum = Time("loss", () => loss.Forward(logits, labels, mixed: null).sum());
            Time("backward", () => { sum.backward(); return 0; });
            Time("optimiser", () =>
            {
                learner.Parameters.GatherGradients();
                learner.Optimiser.Step(step, rates);
                learner.Parameters.Refresh();
                return 0;
            });
            var weights = ones(members * Ours.Batch * 8, 27, 27);
            Time("of the forward pass: dropout masks", () => Enumerable.Range(0, 8).Select(_ => noise.DropAttention(weights, heads: 8)).ToArray());
        }

        var total = parts.Where(part => !part.Key.StartsWith("of ", StringComparison.Ordinal)).Sum(part => Median(part.Value));
        foreach (var (name, times) in parts)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-36} {Median(times),7:F2} ms {Median(times) / total,6:P0}"));
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{"step",-36} {total,7:F2} ms"));

        T Time<T>(string name, Func<T> part)
        {
            var start = Stopwatch.GetTimestamp();
            var result = part();
            (parts.TryGetValue(name, out var times) ? times : parts[name] = []).Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            return result;
        }
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
