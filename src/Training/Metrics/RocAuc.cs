namespace ViViT.Training.Metrics;

/// <summary>
/// Area under the receiver operating characteristic: the probability that a positive sample scores above a negative one, a tie counting
/// half (the Mann–Whitney statistic over the number of pairs).
/// </summary>
public static class RocAuc
{
    /// <returns>Null where it is undefined: no positive or no negative sample, or a score that is no number.</returns>
    public static double? Of(ReadOnlySpan<double> scores, ReadOnlySpan<bool> positive)
    {
        if (scores.Length != positive.Length)
        {
            throw new ArgumentException($"{scores.Length} scores for {positive.Length} labels.", nameof(positive));
        }

        var (keys, labels) = (scores.ToArray(), positive.ToArray());
        if (keys.Any(double.IsNaN))
        {
            return null;
        }

        Array.Sort(keys, labels);

        // Each run of equal scores: its positives beat all negatives below and tie with those of the run.
        var (negativesBelow, wins) = (0.0, 0.0);
        for (var start = 0; start < keys.Length;)
        {
            var (end, positives) = (start, 0);
            for (; end < keys.Length && keys[end] == keys[start]; end++)
            {
                positives += labels[end] ? 1 : 0;
            }

            var negatives = end - start - positives;
            wins += positives * (negativesBelow + (0.5 * negatives));
            negativesBelow += negatives;
            start = end;
        }

        var pairs = negativesBelow * (keys.Length - negativesBelow);
        return pairs > 0 ? wins / pairs : null;
    }
}
