using ViViT.Contracts.Specs;

namespace ViViT.Training.Losses;

/// <summary>How much each class weighs in the training loss.</summary>
public static class ClassWeighting
{
    /// <param name="labels">Of the training split.</param>
    /// <returns>
    /// Null for equal weights. Balanced: samples / (classes · samples of the class), as scikit-learn's; 0 for a class without a sample.
    /// </returns>
    public static double[]? Of(ClassWeights kind, IReadOnlyList<int> labels, int classes)
    {
        switch (kind)
        {
            case ClassWeights.None:
                return null;
            case ClassWeights.Balanced:
                var counts = new int[classes];
                foreach (var label in labels)
                {
                    counts[label]++;
                }

                return [.. counts.Select(count => count == 0 ? 0 : (double)labels.Count / ((double)classes * count))];
            default:
                throw new ArgumentException($"{kind} is no known weighting of classes.", nameof(kind));
        }
    }
}
