using System.Diagnostics;
using System.Globalization;
using TorchSharp;
using ViViT.Contracts.Specs;
using ViViT.Models;
using ViViT.Training;
using static TorchSharp.torch;

namespace ViViT.Bench.Trainer;

/// <summary>Live tensors over 1,000 steps of a small model; then the peak memory of the reference recipe's steps against the arithmetic.</summary>
internal static class Memory
{
    private const int Batch = 32;
    private const int Classes = 11;

    public static void Run(int members)
    {
        var small = new ModelSpec { Width = 16, Heads = 2, Layers = 2, MlpRatio = 2 };
        var live = Steps(small, members, 1000);
        Console.WriteLine($"live tensors after step 1: {live[0]}, after step 1,000: {live[^1]}, most between: {live.Max()}");

        var before = Peak();
        Steps(new ModelSpec(), members, 5);
        var found = Peak() - before;
        var arithmetic = members * Arithmetic(new ModelSpec());
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{members} member(s): peak {found / members / 1e6:F0} MB a member, arithmetic {arithmetic / members / 1e6:F0} MB, ratio {(double)found / arithmetic:F2}"));
    }

    // Weights, gradients and Adam's two moments; and what the backward pass keeps of a block, in numbers of float32.
    private static long Arithmetic(ModelSpec spec)
    {
        var model = new VideoTransformer(spec, size: 28, Classes);
        long rows = model.Grid.Tokens * Batch;
        var weights = 4 * model.Layout.Count;
        var attention = Batch * spec.Heads * model.Grid.Tokens * model.Grid.Tokens * 3;                  // softmax, mask, masked
        var block = (rows * spec.Width * (2 + 3 + 3 + 1 + 2 + (2 * spec.MlpRatio) + 1)) + attention;      // norms, qkv and its copies, mixed, MLP
        return sizeof(float) * (weights + (spec.Layers * block) + (rows * model.Grid.Voxels));
    }

    private static List<long> Steps(ModelSpec spec, int members, int count)
    {
        using var scope = NewDisposeScope();
        var model = new VideoTransformer(spec, size: 28, Classes);
        using var learner = new Learner(
            model, [.. Enumerable.Range(0, members).Select(seed => new ExperimentSpec { Data = new DataSpec { Name = "random" }, Model = spec, Seed = seed })], CPU);
        var patches = randint(0, 256, [members, model.Grid.Tokens, Batch, model.Grid.Voxels], ScalarType.Byte);
        var labels = randint(0, Classes, [members, Batch], ScalarType.Int64);
        var live = new List<long>();
        for (var step = 1; step <= count; step++)
        {
            using (NewDisposeScope())
            {
                learner.Step(step, patches, labels);
            }

            live.Add(Tensor.TotalCount);
        }

        return live;
    }

    private static long Peak()
    {
        using var process = Process.GetCurrentProcess();
        return process.PeakWorkingSet64;
    }
}
