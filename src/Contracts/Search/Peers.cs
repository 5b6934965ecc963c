namespace ViViT.Contracts.Search;

/// <summary>What a history says about one report.</summary>
/// <param name="Same">The judgement of this very report, if there is one.</param>
/// <param name="Stopped">The judgement that stopped its experiment, if there is one.</param>
/// <param name="LastEpoch">The latest epoch at which its experiment was judged; 0 for none.</param>
/// <param name="Own">Earlier judgements of its experiment.</param>
/// <param name="Others">Judgements of the other experiments of its population. What a stopped one still told counts for nobody.</param>
internal sealed record Peers(Judgement? Same, Judgement? Stopped, int LastEpoch, IReadOnlyList<Judgement> Own, IReadOnlyList<Judgement> Others)
{
    public static Peers Of(IReadOnlyList<Judgement> history, Report report)
    {
        var (same, stopped, last) = ((Judgement?)null, (Judgement?)null, 0);
        var (own, others, gone) = (new List<Judgement>(), new List<Judgement>(), new HashSet<int>());
        foreach (var judgement in history)
        {
            if (judgement.Ordinal == report.Ordinal)
            {
                if (judgement.Epoch == report.Epoch) same ??= judgement;
                if (judgement.Stop) stopped ??= judgement;
                last = Math.Max(last, judgement.Epoch);
                own.Add(judgement);
            }
            else if (judgement.Population == report.Population && !gone.Contains(judgement.Ordinal))
            {
                others.Add(judgement);
                if (judgement.Stop) gone.Add(judgement.Ordinal);
            }
        }

        return new(same, stopped, last, own, others);
    }
}
