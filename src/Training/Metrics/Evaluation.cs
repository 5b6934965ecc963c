using System.Runtime.InteropServices;
using TorchSharp;
using ViViT.Contracts.DataSets;
using ViViT.Models;
using ViViT.Models.Weights;
using static TorchSharp.torch;

namespace ViViT.Training.Metrics;

/// <summary>Runs K models over a whole split. The class scores stay on the device until the last batch; then they are read once.</summary>
internal static class Evaluation
{
    /// <summary>Samples that are computed at once where memory allows.</summary>
    public const int BatchSize = 64;

    /// <param name="atOnce">Samples that are computed at once.</param>
    /// <param name="alive">Called after each batch.</param>
    /// <returns>The scores of each member.</returns>
    public static ClassificationScores[] Of(
        VideoTransformer model, FlatParameters parameters, LabelTask task, DeviceSplit split, int atOnce = BatchSize, Action? alive = null)
    {
        using var scope = NewDisposeScope();
        using var grad = no_grad();
        var batches = new List<Tensor>();
        for (var start = 0; start < split.Count; start += atOnce)
        {
            using var step = NewDisposeScope();
            var patches_KNBV = split.Slice(start, Math.Min(atOnce, split.Count - start), parameters.Members);
            batches.Add(model.Forward(parameters, patches_KNBV).MoveToOuterDisposeScope());
            alive?.Invoke();
        }

        return Score(cat([.. batches], 1), _ => split.Labels, task);
    }

    /// <param name="logits_KSC">Class scores before the softmax, on the device.</param>
    /// <param name="labels">Of each member, on the host.</param>
    public static ClassificationScores[] Score(Tensor logits_KSC, Func<int, int[]> labels, LabelTask task)
    {
        using var scope = NewDisposeScope();
        var perMember = (int)(logits_KSC.shape[1] * logits_KSC.shape[2]);
        var values = MemoryMarshal.Cast<byte, float>(logits_KSC.cpu().contiguous().bytes);   // waits for the device
        var scores = new ClassificationScores[logits_KSC.shape[0]];
        for (var member = 0; member < scores.Length; member++)
        {
            scores[member] = ClassificationScores.Of(task, values.Slice(member * perMember, perMember), labels(member));
        }

        return scores;
    }
}
