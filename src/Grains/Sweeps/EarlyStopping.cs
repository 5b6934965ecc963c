using ViViT.Contracts;
using ViViT.Contracts.Search;
using ViViT.Contracts.Specs;
using ViViT.Storage;

namespace ViViT.Grains.Sweeps;

/// <summary>
/// Applies a sweep's stopping rule to the curves as they grow. Every judgement is stored before it is carried out, once for an experiment and an
/// epoch; the rule is a pure function of what is stored, so replaying gives the same judgements.
/// </summary>
/// <param name="stop">Carries out a judgement; harmless when the experiment has ended.</param>
internal sealed class EarlyStopping(SweepId sweep, StoppingSpec rule, Judgements judgements, Func<ExperimentId, Judgement, Task> stop)
{
    private readonly HashSet<ExperimentId> done = [];
    private List<Judgement>? history;

    public async Task Judge(CancellationToken cancellation)
    {
        if (history is null)
        {
            var known = await judgements.Of(sweep, cancellation);
            foreach (var (experiment, judgement) in await judgements.Stopped(sweep, cancellation))
            {
                await stop(experiment, judgement); // it may have been stored by a silo that died before it could carry it out
            }

            history = [.. known];
        }

        foreach (var due in await judgements.Due(sweep, rule.Objective.Metric, done, cancellation))
        {
            if (due.HasEnded) done.Add(due.Experiment);
            if (!StoppingRules.Milestones(rule, due.Ordinal, due.Epochs).Contains(due.Epoch)) continue;
            var judgement = StoppingRules.Judge(rule, history, new Report(due.Ordinal, due.Data, due.Epoch, due.Value));
            if (!await judgements.Add(sweep, history.Count, due.Experiment, judgement, cancellation))
            {
                history = null; // another silo judges this sweep, too: whose judgement is stored first counts
                return;
            }

            history.Add(judgement);
            if (judgement.Stop && !due.HasEnded) await CarryOut(due.Experiment, judgement);
        }
    }

    // One that fails on the way is carried out with the next look, which then finds it among those that are stored.
    private async Task CarryOut(ExperimentId experiment, Judgement judgement)
    {
        var known = history;
        history = null;
        await stop(experiment, judgement);
        history = known;
    }
}
