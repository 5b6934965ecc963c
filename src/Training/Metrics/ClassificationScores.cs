using ViViT.Contracts.DataSets;

namespace ViViT.Training.Metrics;

/// <summary>
/// How well class scores fit labels, by MedMNIST's rules on softmax scores. Multi-class: accuracy of the arg max; AUC is the mean of each
/// class's against the rest. Binary: the last column is the positive score, accuracy is by the threshold 0.5, AUC by that score.
/// </summary>
/// <param name="Loss">Mean cross-entropy.</param>
/// <param name="Auc">Classes without a positive or without a negative sample are left out of the mean; null when none is left.</param>
/// <param name="BalancedAccuracy">Mean over the classes of the share of their samples that is predicted rightly; classes without a sample are left out.</param>
/// <param name="Confusion">Samples by their label (first index) and their predicted class (second).</param>
public sealed record ClassificationScores(double Loss, double Accuracy, double? Auc, double BalancedAccuracy, int[][] Confusion)
{
    /// <param name="logits">Scores before the softmax, [samples, classes] in C order.</param>
    public static ClassificationScores Of(LabelTask task, ReadOnlySpan<float> logits, ReadOnlySpan<int> labels)
    {
        if (labels.Length == 0 || logits.Length % labels.Length != 0)
        {
            throw new ArgumentException($"{logits.Length} scores do not fit {labels.Length} labels.", nameof(labels));
        }

        var classes = logits.Length / labels.Length;
        var scores = new double[logits.Length];
        var loss = 0.0;
        var confusion = Enumerable.Range(0, classes).Select(_ => new int[classes]).ToArray();
        for (var i = 0; i < labels.Length; i++)
        {
            var row = scores.AsSpan(i * classes, classes);
            loss -= LogSoftmax(logits.Slice(i * classes, classes), row)[labels[i]];
            foreach (ref var score in row)
            {
                score = Math.Exp(score);
            }

            var predicted = task == LabelTask.Binary ? Convert.ToInt32(row[^1] > 0.5) : ArgMax(row);
            confusion[labels[i]][predicted]++;
        }

        var correct = confusion.Select((row, c) => row[c]).Sum();
        return new(loss / labels.Length, (double)correct / labels.Length, MeanAuc(task, scores, labels, classes), MeanRecall(confusion), confusion);
    }

    private static double MeanRecall(int[][] confusion) =>
        confusion.Select((row, c) => (Right: row[c], All: row.Sum())).Where(label => label.All > 0).Average(label => (double)label.Right / label.All);

    private static double? MeanAuc(LabelTask task, double[] scores, ReadOnlySpan<int> labels, int classes)
    {
        var (sum, defined) = (0.0, 0);
        var (column, positive) = (new double[labels.Length], new bool[labels.Length]);
        for (var c = task == LabelTask.Binary ? classes - 1 : 0; c < classes; c++)
        {
            for (var i = 0; i < labels.Length; i++)
            {
                column[i] = scores[(i * classes) + c];
                positive[i] = labels[i] == c;
            }

            if (RocAuc.Of(column, positive) is { } auc)
            {
                sum += auc;
                defined++;
            }
        }

        return defined > 0 ? sum / defined : null;
    }

    private static Span<double> LogSoftmax(ReadOnlySpan<float> logits, Span<double> result)
    {
        var max = double.NegativeInfinity;
        foreach (var logit in logits)
        {
            max = Math.Max(max, logit);
        }

        var sum = 0.0;
        foreach (var logit in logits)
        {
            sum += Math.Exp(logit - max);
        }

        for (var c = 0; c < logits.Length; c++)
        {
            result[c] = logits[c] - max - Math.Log(sum);
        }

        return result;
    }

    // The first of equals, as numpy's.
    private static int ArgMax(ReadOnlySpan<double> row)
    {
        var best = 0;
        for (var c = 1; c < row.Length; c++)
        {
            best = row[c] > row[best] ? c : best;
        }

        return best;
    }
}
