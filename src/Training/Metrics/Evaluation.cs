using System.Runtime.InteropServices;
using TorchSharp;
using ViViT.Contracts.DataSets;
using ViViT.Models;
using ViViT.Models.Weights;
using static TorchSharp.torch;

namespace ViViT.Training.Metrics;

/// <summary>Runs a lone model over a whole split. The class scores stay on the device until the last batch; then they are read once.</summary>
internal static class Evaluation
{
    private const int BatchSize = 64;

    public static ClassificationScores Of(VideoTransformer model, FlatParameters parameters, LabelTask task, DeviceSplit split)
    {
        using var scope = NewDisposeScope();
        using var grad = no_grad();
        var batches = new List<Tensor>();
        for (var start = 0; start < split.Count; start += BatchSize)
        {
            using var step = NewDisposeScope();
            var patches_KNBV = split.Slice(start, Math.Min(BatchSize, split.Count - start));
            batches.Add(model.Forward(parameters, patches_KNBV).MoveToOuterDisposeScope());
        }

        var logits = cat([.. batches], 1).cpu();
        return ClassificationScores.Of(task, MemoryMarshal.Cast<byte, float>(logits.bytes), split.Labels);
    }
}
