using System.Diagnostics;
using TorchSharp;
using ViViT.Contracts;
using ViViT.Contracts.Specs;
using ViViT.Models;
using ViViT.Training;
using static TorchSharp.torch;

namespace ViViT.Bench.TrainingStep;

/// <summary>Our learner of K members on random volumes.</summary>
internal sealed class Ours : IDisposable
{
    public const int Batch = 32;
    private const int Samples = 256;
    private const int Classes = 11;

    private readonly RandomSequence random = RandomSequence.Of(0, "bench");
    private readonly int members;
    private readonly Tensor patches;
    private readonly Tensor labels;
    private long step;

    public Ours(int members, string precision)
    {
        this.members = members;
        var spec = new ExperimentSpec { Data = new DataSpec { Name = "random" }, Training = new TrainingSpec { Precision = PrecisionOf(precision) } };
        Learner = new Learner(new VideoTransformer(spec.Model, size: 28, Classes), [.. Enumerable.Range(0, members).Select(seed => spec with { Seed = seed })], CPU);
        var voxels = new byte[Samples * 28 * 28 * 28];
        for (var i = 0; i < voxels.Length; i++)
        {
            voxels[i] = (byte)random.Next();
        }

        using var scope = NewDisposeScope();
        patches = Learner.Model.Grid.Cut(tensor(voxels).view(Samples, 28, 28, 28)).DetachFromDisposeScope();
        labels = tensor(Enumerable.Range(0, Samples).Select(_ => (long)random.NextBelow(Classes)).ToArray()).DetachFromDisposeScope();
    }

    public Learner Learner { get; }

    /// <summary>Times of so many steps in milliseconds, all members together.</summary>
    public List<double> Steps(int count)
    {
        var times = new List<double>();
        for (var i = 0; i < count; i++)
        {
            var start = Stopwatch.GetTimestamp();
            using (NewDisposeScope())
            {
                var (patches_KNBV, labels_KB) = NextBatch();
                Learner.Step(++step, patches_KNBV, labels_KB);
            }

            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        return times;
    }

    public (Tensor Patches_KNBV, Tensor Labels_KB) NextBatch()
    {
        var picked = tensor(Enumerable.Range(0, members * Batch).Select(_ => (long)random.NextBelow(Samples)).ToArray());
        var grid = Learner.Model.Grid;
        var patches_KNBV = patches.index_select(1, picked).view(grid.Tokens, members, Batch, grid.Voxels).transpose(0, 1).contiguous();
        return (patches_KNBV, labels.index_select(0, picked).view(members, Batch));
    }

    public void Dispose()
    {
        Learner.Dispose();
        patches.Dispose();
        labels.Dispose();
    }

    /// <summary>The setting of a sweep file's word.</summary>
    public static Precision PrecisionOf(string word) =>
        System.Text.Json.JsonSerializer.Deserialize<Precision>($"\"{word}\"", ContractsJson.Options);
}
