using ViViT.Contracts.Specs;

namespace ViViT.Contracts.Search;

/// <summary>
/// Asynchronous successive halving in the form that stops instead of pausing (Li et al., "A System for Massively Parallel Hyperparameter
/// Tuning", MLSys 2020): who comes to a milestone goes on if among the best 1 / eta of those that came there before, itself counted. Until
/// eta came, nobody can be told to be outside. With the brackets of Hyperband (Li et al., "Hyperband", JMLR 2018, algorithm 1) each bracket is
/// such a rule of its own, with a later first milestone, and takes Hyperband's share of the experiments.
/// </summary>
internal static class SuccessiveHalving
{
    /// <summary>The milestones of the experiment's bracket, without end.</summary>
    public static IEnumerable<long> Milestones(StoppingSpec spec, int ordinal)
    {
        var bracket = Bracket(spec, ordinal);
        if (spec.Rule == StoppingRule.Hyperband && bracket == spec.Brackets - 1) yield break;
        for (var milestone = spec.MinEpochs * (long)Math.Pow(spec.Reduction, bracket); milestone < int.MaxValue; milestone *= spec.Reduction)
        {
            yield return milestone;
        }
    }

    public static (bool Stop, string Reason) Decide(StoppingSpec spec, Peers peers, Report report)
    {
        if (!Milestones(spec, report.Ordinal).TakeWhile(milestone => milestone <= report.Epoch).Contains(report.Epoch)) return (false, $"epoch {report.Epoch} is no milestone of it");
        var bracket = Bracket(spec, report.Ordinal);
        var loss = spec.Objective.Loss(report.Value);
        var (better, count) = (0, 1);
        foreach (var other in peers.Others)
        {
            if (other.Epoch != report.Epoch || Bracket(spec, other.Ordinal) != bracket) continue;
            count++;
            if (spec.Objective.Loss(other.Value) < loss) better++;
        }

        var room = count / spec.Reduction;
        return (room > 0 && better >= room, FormattableString.Invariant($"at epoch {report.Epoch} {better} of {count - 1} others were better than {report.Value:0.####}; the best {Math.Max(room, 1)} of {count} go on{(room == 0 ? $", from {spec.Reduction} on" : "")}"));
    }

    /// <summary>
    /// The bracket of an experiment: 0, which is judged first, to <see cref="StoppingSpec.Brackets"/> - 1. Every run of as many ordinals as
    /// Hyperband has in one round holds exactly its numbers, shuffled: in a fixed pattern a bracket would be a value of the grid.
    /// </summary>
    public static int Bracket(StoppingSpec spec, int ordinal)
    {
        if (spec.Rule != StoppingRule.Hyperband) return 0;
        var sizes = Enumerable.Range(0, spec.Brackets).Select(bracket => Size(spec, bracket)).ToArray();
        var round = sizes.Sum();
        var (number, place) = Math.DivRem(ordinal, round);
        var own = Draw.Bits(number, "bracket", place);
        var rank = Enumerable.Range(0, round).Count(other => Draw.Bits(number, "bracket", other) < own);
        var last = 0;
        while (rank >= sizes[last]) rank -= sizes[last++];
        return last;
    }

    // Hyperband's n for s = brackets - 1 - bracket further halvings.
    private static int Size(StoppingSpec spec, int bracket)
    {
        var halvings = spec.Brackets - 1 - bracket;
        return (int)Math.Ceiling(spec.Brackets * Math.Pow(spec.Reduction, halvings) / (halvings + 1));
    }
}
