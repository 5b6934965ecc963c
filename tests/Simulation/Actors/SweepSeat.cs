using ViViT.Contracts;
using ViViT.Contracts.Experiments;
using ViViT.Contracts.Search;
using ViViT.Contracts.Specs;
using ViViT.Contracts.Sweeps;
using ViViT.Contracts.Wire;
using ViViT.Simulation.Tests.Engine;

namespace ViViT.Simulation.Tests.Actors;

/// <summary>One activation of SweepGrain with its SearchProgress and EarlyStopping, statement by statement.</summary>
internal sealed class SweepSeat(World world, Silo silo, SweepId id)
{
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan JudgingPeriod = TimeSpan.FromSeconds(1);

    private readonly HashSet<ExperimentId> done = [];
    private readonly Queue<Answer<bool>> waiting = [];
    private (Sweep Sweep, string ETag)? stored;
    private List<Judgement>? history;
    private SearchRun? search;
    private List<SearchResult>? heard;
    private bool planned;
    private bool watching;
    private bool dropped;
    private bool busy;

    public SweepId Id => id;

    private PlannedSweep Plan => world.Submitted[id];

    public Task<ReportReply> Submit(Turn turn, PlannedSweep plan) => Alone<ReportReply>(turn, async turn =>
    {
        await world.Database.Do(turn, store =>
        {
            store.Insert(id, plan.Spec, plan.Cells, SearchPlan.Total(plan.Spec));
            return true;
        });
        stored = await world.Database.Do(turn, store => store.ReadSweep(id));
        WatchCurves();
        return new(ReportStatus.Accepted);
    });

    public Task<ReportReply> Cancel(Turn turn) => Alone<ReportReply>(turn, async turn =>
    {
        if (!await Exists(turn)) return new(ReportStatus.LeaseLost);
        await Apply(turn, new SweepEvent.CancelRequested());
        await Reconcile(turn);
        return new(ReportStatus.Accepted);
    });

    public Task<ReportReply> Pause(Turn turn) => Alone<ReportReply>(turn, async turn =>
    {
        if (await Exists(turn)) await Apply(turn, new SweepEvent.PauseRequested());
        return new(ReportStatus.Accepted);
    });

    public Task<ReportReply> Resume(Turn turn) => Alone<ReportReply>(turn, async turn =>
    {
        if (await Exists(turn)) await Apply(turn, new SweepEvent.ResumeRequested());
        return new(ReportStatus.Accepted);
    });

    public Task<ReportReply> RetryFailed(Turn turn) => Alone<ReportReply>(turn, async turn =>
    {
        if (!await Exists(turn)) return new(ReportStatus.LeaseLost);
        await Reopen(turn);
        await world.Database.Do(turn, store => store.RetryFailed(id, "Another attempt, by its user."));
        await Reconcile(turn);
        return new(ReportStatus.Accepted);
    });

    public Task<ReportReply> Retry(Turn turn, ExperimentId experiment) => Alone<ReportReply>(turn, async turn =>
    {
        if (await Exists(turn)) await Reopen(turn);
        var reply = await silo.Report(turn, experiment, new ExperimentEvent.Retried("Another attempt, by its user."));
        await Reconcile(turn);
        return reply;
    });

    public void ExperimentEnded()
    {
        if (planned) return;
        planned = true;
        world.Agenda.After(Pace, silo.Life, () =>
        {
            planned = false;
            Remind();
        });
    }

    public void Remind()
    {
        if (!dropped)
        {
            world.Start(() => Alone(new Turn(silo.Life), async turn =>
            {
                await Reconcile(turn);
                return true;
            }));
        }
    }

    // A grain does one thing at a time.
    private async Task<T> Alone<T>(Turn turn, Func<Turn, Task<T>> work)
    {
        while (busy)
        {
            var free = new Answer<bool>();
            waiting.Enqueue(free);
            await free;
        }

        busy = true;
        var result = await work(new Turn(turn.Life, () =>
        {
            Leave();
            turn.Fail();
        }));
        Leave();
        return result;

        void Leave()
        {
            busy = false;
            if (waiting.TryDequeue(out var next)) next.Give(true);
        }
    }

    private async Task<bool> Exists(Turn turn)
    {
        stored = await world.Database.Do(turn, store => store.ReadSweep(id));
        WatchCurves();
        return stored is not null;
    }

    private async Task Reconcile(Turn turn)
    {
        if (!await Exists(turn)) return;
        if (stored!.Value.Sweep.State == SweepState.Cancelled)
        {
            await world.Database.Do(turn, store =>
            {
                store.CancelExperiments(id, "Its sweep was cancelled.");
                return true;
            });
        }
        else if (!stored.Value.Sweep.State.IsFinal())
        {
            if (Plan.Spec.Search is not null) await Search(turn);
            var counts = await world.Database.Do(turn, store => store.Counts(id));
            await Apply(turn, new SweepEvent.Progressed(counts, SearchPlan.Total(Plan.Spec)));
        }

        if (stored is not { Sweep.State: var state } || state.IsFinal()) Drop();
    }

    private async Task Search(Turn turn)
    {
        search ??= new(Plan.Spec);
        heard ??= [.. await world.Database.Do(turn, store => store.Results(id))];
        var known = (await world.Database.Do(turn, store => store.Counts(id))).Total;
        var news = await world.Database.Do(turn, store => store.NewResults(id, Plan.Spec.Search!.Objective));
        var before = heard;
        var cells = search.Next(known, [.. before, .. news]);
        if (news.Count == 0 && cells.Count == 0) return;
        await world.Database.Do(turn, store =>
        {
            store.Extend(id, before.Count, news, known, PlannedSweep.Chosen(cells));
            return true;
        });
        heard = [.. await world.Database.Do(turn, store => store.Results(id))];
    }

    private async Task Reopen(Turn turn)
    {
        await Apply(turn, new SweepEvent.Retried());
        WatchCurves();
    }

    private async Task Apply(Turn turn, SweepEvent e)
    {
        if (stored is not var (before, etag)) return;
        var after = before.Apply(e);
        if (after == before) return;
        var writing = new Turn(turn.Life, () =>
        {
            Drop();
            turn.Fail();
        });
        if (await world.Database.Do(writing, store => store.WriteSweep(after, etag)) is not { } written)
        {
            writing.Fail();
            await new Answer<bool>();
            return;
        }

        stored = (after, written);
        if (world.IsTraced) world.Say($"silo {silo.Number}: sweep {id} {before.State} -> {after.State}");
    }

    // What was not stored is not known: the next call reads the row again.
    private void Drop()
    {
        dropped = true;
        silo.Drop(this);
    }

    private void WatchCurves()
    {
        if (watching || dropped || stored is not { Sweep.State: var state } || state.IsFinal() || Plan.Spec.Stopping is not { } rule) return;
        watching = true;
        PlanJudging(rule);
    }

    private void PlanJudging(StoppingSpec rule) => world.Agenda.After(JudgingPeriod, silo.Life, () =>
    {
        if (dropped) return;
        world.Start(async () =>
        {
            await Alone(new Turn(silo.Life, () => PlanJudging(rule)), async turn =>
            {
                await Judge(turn, rule);
                return true;
            });
            PlanJudging(rule);
        });
    });

    // As EarlyStopping.Judge.
    private async Task Judge(Turn turn, StoppingSpec rule)
    {
        if (history is null)
        {
            var known = await world.Database.Do(turn, store => store.Judgements(id));
            foreach (var (experiment, judgement) in await world.Database.Do(turn, store => store.JudgedToStop(id))) await Stop(turn, experiment, judgement);
            history = [.. known];
        }

        foreach (var due in await world.Database.Do(turn, store => store.Due(id, rule.Objective.Metric, done)))
        {
            if (due.HasEnded) done.Add(due.Experiment);
            if (!StoppingRules.Milestones(rule, due.Ordinal, due.Epochs).Contains(due.Epoch)) continue;
            var judgement = StoppingRules.Judge(rule, history, new Report(due.Ordinal, due.Data, due.Epoch, due.Value));
            var seq = history.Count;
            if (!await world.Database.Do(turn, store => store.AddJudgement(id, seq, due.Experiment, judgement)))
            {
                history = null;
                return;
            }

            history.Add(judgement);
            if (!judgement.Stop || due.HasEnded) continue;
            var before = history;
            history = null;   // until it is carried out
            await Stop(turn, due.Experiment, judgement);
            history = before;
        }
    }

    private async Task Stop(Turn turn, ExperimentId experiment, Judgement judgement) =>
        await silo.Report(turn, experiment, new ExperimentEvent.StoppedByRule($"Stopped after epoch {judgement.Epoch}: {judgement.Reason}."));
}
