using ViViT.Contracts.DataSets;
using ViViT.Models;
using ViViT.Training.Metrics;

namespace ViViT.Training.Tests;

public class RocAucTests
{
    [Theory]
    [InlineData(new[] { 0.1, 0.2, 0.8, 0.9 }, new[] { false, false, true, true }, 1.0)]
    [InlineData(new[] { 0.9, 0.8, 0.2, 0.1 }, new[] { false, false, true, true }, 0.0)]
    [InlineData(new[] { 0.5, 0.5, 0.5 }, new[] { false, true, true }, 0.5)]
    [InlineData(new[] { 0.1, 0.4, 0.35, 0.8 }, new[] { false, false, true, true }, 0.75)]
    [InlineData(new[] { 1.0, 2.0, 2.0, 3.0 }, new[] { false, true, false, true }, 0.875)]
    public void Hand_made_cases_come_out(double[] scores, bool[] positive, double expected)
    {
        Assert.Equal(expected, RocAuc.Of(scores, positive));
    }

    [Theory]
    [InlineData(new[] { 0.1, 0.2 }, new[] { true, true })]
    [InlineData(new[] { 0.1, 0.2 }, new[] { false, false })]
    [InlineData(new[] { 0.1, double.NaN }, new[] { false, true })]
    [InlineData(new double[0], new bool[0])]
    public void Where_it_is_undefined_it_is_null(double[] scores, bool[] positive)
    {
        Assert.Null(RocAuc.Of(scores, positive));
    }

    [Fact]
    public void It_is_the_share_of_pairs_that_are_ranked_rightly_ties_counting_half()
    {
        for (var seed = 0; seed < 50; seed++)
        {
            var sequence = RandomSequence.Of(seed, "auc");
            var count = 2 + sequence.NextBelow(60);
            var scores = Enumerable.Range(0, count).Select(_ => (double)sequence.NextBelow(12)).ToArray();
            var positive = Enumerable.Range(0, count).Select(i => i == 0 || (i > 1 && sequence.NextBelow(3) == 0)).ToArray();

            var wins = 0.0;
            foreach (var p in Enumerable.Range(0, count).Where(i => positive[i]))
            {
                wins += Enumerable.Range(0, count).Where(i => !positive[i]).Sum(n => scores[p] > scores[n] ? 1 : scores[p] == scores[n] ? 0.5 : 0);
            }

            Assert.Equal(wins / (positive.Count(p => p) * positive.Count(p => !p)), RocAuc.Of(scores, positive)!.Value, 1e-12);
        }
    }
}

public class ClassificationScoresTests
{
    [Fact]
    public void Binary_scores_go_by_the_last_column_and_a_threshold_of_a_half()
    {
        // Positive scores: 0.5 (not above the threshold), 0.731, 0.269, 0.982.
        var scores = ClassificationScores.Of(LabelTask.Binary, [0, 0, 0, 1, 1, 0, -2, 2], [0, 1, 1, 1]);

        Assert.Equal(0.75, scores.Accuracy);
        Assert.Equal(2.0 / 3, scores.Auc!.Value, 1e-12);
        Assert.Equal((Math.Log(2) + Math.Log(1 + Math.Exp(-1)) + Math.Log(1 + Math.E) + Math.Log(1 + Math.Exp(-4))) / 4, scores.Loss, 1e-12);
    }

    [Fact]
    public void Multi_class_scores_average_each_class_against_the_rest()
    {
        var scores = ClassificationScores.Of(LabelTask.MultiClass, [5, 0, 0, 0, 5, 0, 0, 0, 5, 5, 0, 0], [0, 1, 2, 2]);

        Assert.Equal(0.75, scores.Accuracy);

        // Class 0: one positive, tied with one of three negatives; class 1: perfect; class 2: two positives, one of them tied with both negatives.
        Assert.Equal(((2.5 / 3) + 1 + (3.0 / 4)) / 3, scores.Auc!.Value, 1e-12);
    }

    [Fact]
    public void A_class_that_no_sample_has_is_left_out_of_the_mean()
    {
        var scores = ClassificationScores.Of(LabelTask.MultiClass, [3, 0, 1, 0, 3, 1, 2, 0, 1], [0, 1, 0]);

        Assert.Equal(1.0, scores.Auc);
    }

    [Fact]
    public void With_one_class_alone_there_is_no_AUC()
    {
        Assert.Null(ClassificationScores.Of(LabelTask.Binary, [0, 1, 1, 0], [1, 1]).Auc);
    }

    [Fact]
    public void Labels_are_counted_by_predicted_class_and_each_class_weighs_the_same_in_the_balanced_accuracy()
    {
        // Labels 0 0 0 1 1 3; predicted 0 0 1 2 1 3. No sample is of class 2.
        var scores = ClassificationScores.Of(LabelTask.MultiClass,
            [9, 0, 0, 0, 9, 0, 0, 0, 0, 9, 0, 0, 0, 0, 9, 0, 0, 9, 0, 0, 0, 0, 0, 9], [0, 0, 0, 1, 1, 3]);

        Assert.Equal([[2, 1, 0, 0], [0, 1, 1, 0], [0, 0, 0, 0], [0, 0, 0, 1]], scores.Confusion);
        Assert.Equal(4.0 / 6, scores.Accuracy);
        Assert.Equal(((2.0 / 3) + 0.5 + 1) / 3, scores.BalancedAccuracy, 1e-12);
    }

    [Fact]
    public void Binary_counts_go_by_the_threshold_and_not_by_the_larger_score()
    {
        // Positive scores: 0.5 exactly, which is not above the threshold, twice; 0.731; 0.269; 0.982.
        var scores = ClassificationScores.Of(LabelTask.Binary, [0, 0, 3, 3, 0, 1, 1, 0, -2, 2], [0, 1, 1, 1, 0]);

        Assert.Equal([[1, 1], [2, 1]], scores.Confusion);
        Assert.Equal(2.0 / 5, scores.Accuracy);
        Assert.Equal((0.5 + (1.0 / 3)) / 2, scores.BalancedAccuracy, 1e-12);
    }

    [Fact]
    public void Huge_scores_do_not_overflow()
    {
        var scores = ClassificationScores.Of(LabelTask.MultiClass, [1e30f, -1e30f, 0, 1e30f], [0, 1]);

        Assert.Equal((0.0, 1.0), (scores.Loss, scores.Accuracy));
    }
}
