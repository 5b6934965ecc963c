using ViViT.Contracts;
using ViViT.Contracts.Experiments;
using ViViT.Contracts.Search;
using ViViT.Contracts.Sweeps;
using ViViT.Contracts.Wire;
using ViViT.Simulation.Tests.Actors;
using ViViT.Simulation.Tests.Store;

namespace ViViT.Simulation.Tests.Audits;

/// <summary>
/// Watches what the store stores and says when it breaks a promise (docs/leases.md, docs/metrics.md). It keeps books of its own: that the store's
/// checks are what they are does not make them right.
/// </summary>
internal sealed class Audit(World world)
{
    // The arrows of docs/leases.md and of the trigger experiment_moves.
    private static readonly HashSet<(ExperimentState, ExperimentState)> Moves =
    [
        (ExperimentState.Queued, ExperimentState.Cancelled), (ExperimentState.Queued, ExperimentState.Stopped),
        (ExperimentState.Running, ExperimentState.Queued), (ExperimentState.Running, ExperimentState.Succeeded), (ExperimentState.Running, ExperimentState.Failed),
        (ExperimentState.Running, ExperimentState.Stopped), (ExperimentState.Running, ExperimentState.Cancelled),
        (ExperimentState.Failed, ExperimentState.Queued), (ExperimentState.Cancelled, ExperimentState.Queued),
    ];

    // A judgement is carried out within so many looks.
    private const int PatientLooks = 4;

    private readonly Dictionary<ExperimentId, Book> books = [];
    private readonly Dictionary<ExperimentId, int> judgedToStop = [];
    private ExperimentEvent? deciding;

    /// <summary>What the next write is the answer to.</summary>
    public void Deciding(ExperimentEvent e) => deciding = e;

    public void Granted(Lease lease, IReadOnlyList<StoredExperiment> members, string worker)
    {
        var sweep = members[0].Sweep;
        if (sweep.State != SweepState.Running) world.Violate($"Sweep {sweep.Id}, which is {sweep.State}, got a lease.");
        if (members.Select(e => e.GroupPlace).Distinct().Count() < members.Count || members.Any(e => e.GroupPlace >= lease.GroupSize || e.GroupSize != lease.GroupSize))
        {
            world.Violate($"A lease of {lease.GroupSize} places has members in places {string.Join(", ", members.Select(e => $"{e.GroupPlace} of {e.GroupSize}"))}.");
        }

        if (members.DistinctBy(e => (e.Sweep.Id, e.GroupKey, e.Accumulate)).Count() > 1) world.Violate($"The lease on {Numbers(members)} has members that cannot train as one.");
        foreach (var e in members)
        {
            var book = BookOf(e);
            if (book.Holder is { } holder) world.Violate($"Experiment {e.Id} was granted to {worker} while {holder.Worker} has it under fence {holder.Fence}.");
            if (e.Fence <= book.Fence) world.Violate($"The fence of experiment {e.Id} did not rise at a grant: {book.Fence} -> {e.Fence}.");
            if (world.Agenda.Now < book.NotBefore) world.Violate($"Experiment {e.Id} was granted {(book.NotBefore - world.Agenda.Now).TotalSeconds:0.000} s before the end of its backoff.");
            if (book.Group is var (size, place) && (size, place) != (e.GroupSize, e.GroupPlace)) world.Violate($"Experiment {e.Id} trained in place {place} of {size} and is now in place {e.GroupPlace} of {e.GroupSize}.");
            if (book.TooLarge is var (largeSize, pieces) && e.GroupSize >= largeSize && e.Accumulate <= pieces) world.Violate($"Experiment {e.Id} did not fit in a group of {largeSize} in {pieces} pieces and is granted as large again.");
            book.Fence = e.Fence;
            book.Holder = (e.Fence, worker);
            book.Group = (e.GroupSize!.Value, e.GroupPlace!.Value);
            book.TooLarge = null;
            CheckCurves(e);
            var resumed = e.Attempts[^1].Resumed;
            if (e.Checkpoint is { } checkpoint && checkpoint.Sha256 != Trainee.Sha256(world.Scenario.Seed, e.Id, checkpoint.Step)) world.Violate($"Experiment {e.Id} goes on from a checkpoint that is not its own at step {checkpoint.Step}.");
            if (LengthOf(e) != (resumed ?? 0)) world.Violate($"Experiment {e.Id} goes on after step {resumed ?? 0}, and its curve has {LengthOf(e)} steps.");
        }

        if (sweep.Spec.MaxParallel is { } most && LeasesOf(sweep) is var leases && leases > most) world.Violate($"Sweep {sweep.Id} has {leases} leases that run, of at most {most}.");
    }

    public void Flushed(StoredExperiment e, MetricFlush flush) => CheckHolder(e, flush.Fence, "metrics");

    public void Committed(StoredExperiment e, CheckpointCommit commit)
    {
        CheckHolder(e, commit.Fence, "a checkpoint");
        if (LengthOf(e) < commit.Checkpoint.Step) world.Violate($"Experiment {e.Id} has a checkpoint at step {commit.Checkpoint.Step}, and its curve only {LengthOf(e)} steps.");
    }

    /// <summary>An event was stored.</summary>
    public void Written(StoredExperiment e, ExperimentState before, Experiment next, AttemptEnding? ending)
    {
        var book = BookOf(e);
        if (before != next.State && !Moves.Contains((before, next.State))) world.Violate($"Experiment {e.Id} moved from {before} to {next.State}.");
        if (e.Fence < book.Fence) world.Violate($"The fence of experiment {e.Id} fell: {book.Fence} -> {e.Fence}.");
        if (deciding is ExperimentEvent.AttemptEnded ended)
        {
            CheckHolder(e, ended.Fence, "an outcome");
            if (!book.Outcomes.Add(ended.Fence)) world.Violate($"The attempt of experiment {e.Id} under fence {ended.Fence} ended twice.");
            if (ended.Outcome.Result == AttemptResult.Released && next.Failures != book.Failures) world.Violate($"Experiment {e.Id} was handed back, and its failures went from {book.Failures} to {next.Failures}.");
            if (ended.Outcome.Class == FailureClass.OutOfMemory && next.State == ExperimentState.Queued) book.TooLarge = (book.Group!.Value.Size, next.Accumulate > book.Accumulate ? book.Accumulate : int.MaxValue);
        }

        if (deciding is ExperimentEvent.LeaseLost lost) CheckHolder(e, lost.Fence, "a loss");
        if (next.Failures > e.MaxAttempts) world.Violate($"Experiment {e.Id} failed {next.Failures} times of at most {e.MaxAttempts}.");
        if (deciding is ExperimentEvent.Retried) book.Group = next.GroupSize is null ? null : book.Group;
        (book.Fence, book.Failures, book.Accumulate) = (e.Fence, next.Failures, next.Accumulate);
        book.NotBefore = world.Agenda.Now + next.Backoff;
        if (next.State != ExperimentState.Running) book.Holder = null;
        if (next.GroupSize is null) book.Group = null;
        if (before == ExperimentState.Running && ending is null) world.Violate($"Experiment {e.Id} stopped running, and its attempt has no ending.");
        deciding = null;
    }

    /// <summary>It was cancelled with its sweep.</summary>
    public void Moved(StoredExperiment e)
    {
        var book = BookOf(e);
        if (e.Fence <= book.Fence) world.Violate($"The fence of experiment {e.Id} did not rise as it was cancelled.");
        (book.Fence, book.Holder) = (e.Fence, null);
    }

    public void Retried(StoredExperiment e) => BookOf(e).Failures = 0;

    /// <summary>What was judged to stop does stop, once nothing is in the way. Called every few seconds.</summary>
    public void CheckStops()
    {
        if (world.InTrouble) return;
        foreach (var (experiment, judgement) in world.Store.Sweeps.Values.Where(sweep => sweep.Judgements.Count > 0).SelectMany(sweep => world.Store.JudgedToStop(sweep.Id)).DistinctBy(one => one.Experiment))
        {
            if ((judgedToStop[experiment] = judgedToStop.GetValueOrDefault(experiment) + 1) > PatientLooks) world.Violate($"Experiment {experiment} was to stop after epoch {judgement.Epoch} and goes on.");
        }
    }

    /// <summary>When everything has come to its end.</summary>
    public void CheckEnd()
    {
        foreach (var sweep in world.Store.Sweeps.Values)
        {
            foreach (var e in sweep.Experiments) CheckEnd(e);
            var failed = sweep.Experiments.Exists(e => e.State == ExperimentState.Failed);
            if (sweep.State != SweepState.Cancelled && failed != (sweep.State == SweepState.Failed)) world.Violate($"Sweep {sweep.Id} is {sweep.State}, and {(failed ? "an" : "no")} experiment of it failed.");
            if (sweep.State != SweepState.Cancelled && sweep.Experiments.Count != sweep.Expected) world.Violate($"Sweep {sweep.Id} is {sweep.State} with {sweep.Experiments.Count} of {sweep.Expected} experiments.");
            CheckReplays(sweep);
        }
    }

    public string Unfinished() => string.Join("; ", world.Store.Sweeps.Values.Select(sweep =>
        $"sweep {sweep.Id} {sweep.State}: {string.Join(", ", sweep.Experiments.Where(e => !e.State.IsFinal()).Select(e => $"experiment {e.Id} {e.State} (fence {e.Fence}, group {e.GroupPlace} of {e.GroupSize}, worker {e.Worker}, not before {e.ReadyAt:HH:mm:ss}, avoids {e.Avoid}, {e.Reason})"))}"));

    private void CheckHolder(StoredExperiment e, long fence, string what)
    {
        if (BookOf(e).Holder is not { } holder) world.Violate($"Experiment {e.Id}, which nobody has, got {what} under fence {fence}.");
        else if (holder.Fence != fence) world.Violate($"Experiment {e.Id} got {what} under fence {fence}, and {holder.Worker} has it under {holder.Fence}.");
    }

    private void CheckEnd(StoredExperiment e)
    {
        CheckCurves(e);
        if (!e.State.IsFinal() || e.Worker is not null || e.LeaseUntil is not null || e.Attempts.Exists(attempt => attempt.EndedAt is null)) world.Violate($"Experiment {e.Id} is {e.State} and not done with.");
        if (e.State == ExperimentState.Succeeded && LengthOf(e) != Trainee.TotalSteps(e.Cell.Spec)) world.Violate($"Experiment {e.Id} succeeded with {LengthOf(e)} steps.");
        foreach (var (metric, summary) in e.Summaries)
        {
            var points = world.Store.Curve(e, metric);
            if (summary.Count != points.Count || points.Count == 0 || summary.LastStep != points[^1].Step || !summary.LastValue.Equals(points[^1].Value)) world.Violate($"The summary of {metric} of experiment {e.Id}, {summary}, is not that of its {points.Count} points.");
        }

        CheckFate(e);
    }

    // What becomes of an experiment when nothing interferes; never a success where there can be none, never a failure for others' sake.
    private void CheckFate(StoredExperiment e)
    {
        var (fate, plan) = (world.FateOf(e), world.Submitted[e.Sweep.Id]);
        var hopeless = plan.Bulk > PlannedSweep.Roomy || fate != Fate.Trains;
        if (hopeless && e.State == ExperimentState.Succeeded) world.Violate($"Experiment {e.Id} succeeded, although it {fate} and takes {plan.Bulk} of {PlannedSweep.Roomy}.");
        if (fate == Fate.Poisons && plan.Bulk <= PlannedSweep.Roomy && e.State == ExperimentState.Failed && e.Failures != e.MaxAttempts) world.Violate($"Experiment {e.Id} kills its workers and failed after {e.Failures} of {e.MaxAttempts} attempts: {e.Reason}");
        if (!world.Scenario.IsCalm || hopeless) return;
        if (e.State == ExperimentState.Failed) world.Violate($"Experiment {e.Id} failed, and nothing was wrong with it: {e.Reason}");
        if (!plan.HasTroubledExperiments && e.Failures > 0) world.Violate($"Experiment {e.Id} has {e.Failures} failures, and nothing was wrong with it.");
    }

    // Every step once, from the first on without a gap, each with the value that it must have.
    private void CheckCurves(StoredExperiment e)
    {
        var (fate, fateful) = (world.FateOf(e), Trainee.FatefulStep(world.Scenario.Seed, e.Id, e.Cell.Spec));
        var losses = world.Store.Curve(e, MetricNames.TrainLoss);
        for (var i = 0; i < losses.Count; i++)
        {
            if (losses[i].Step != i + 1 || !losses[i].Value.Equals(Trainee.Loss(world.Scenario.Seed, e.Id, i + 1, fate, fateful)))
            {
                world.Violate($"The loss of experiment {e.Id} has at place {i + 1} step {losses[i].Step} with {losses[i].Value}: {string.Join(' ', losses.Select(point => point.Step))}.");
                return;
            }
        }

        var scores = world.Store.Curve(e, MetricNames.ValidationAuc);
        var epochs = losses.Count / Trainee.StepsPerEpoch;
        var cut = fate == Fate.Diverges && losses.Count >= fateful ? (fateful - 1) / Trainee.StepsPerEpoch : epochs;
        if (scores.Count != cut || scores.Index().Any(point => point.Item.Step != (point.Index + 1) * Trainee.StepsPerEpoch || point.Item.Value != Trainee.Auc(world.Scenario.Seed, e.Id, point.Item.Step)))
        {
            world.Violate($"The scores of experiment {e.Id} are at steps {string.Join(' ', scores.Select(point => point.Step))} after {losses.Count} steps.");
        }
    }

    private int LengthOf(StoredExperiment e) => world.Store.Curve(e, MetricNames.TrainLoss).Count;

    // What a search chose and a rule decided follows from what is stored.
    private void CheckReplays(StoredSweep sweep)
    {
        if (sweep.Spec.Search is not null)
        {
            var again = SearchPlan.Next(sweep.Spec, 0, sweep.Results).Take(sweep.Experiments.Count).Select(Text);
            var stored = sweep.Experiments.Select(e => Text(e.Cell));
            if (!again.SequenceEqual(stored)) world.Violate($"The search of sweep {sweep.Id} chose {string.Join("; ", stored)}, and from the same results {string.Join("; ", again)}.");
        }

        if (sweep.Judgements.Count == 0) return;
        if (sweep.Judgements.DistinctBy(one => (one.Experiment, one.Judgement.Epoch)).Count() != sweep.Judgements.Count) world.Violate($"Sweep {sweep.Id} judged an experiment twice at one epoch.");
        List<Judgement> history = [];
        foreach (var (_, judgement) in sweep.Judgements)
        {
            var again = StoppingRules.Judge(sweep.Spec.Stopping!, history, new(judgement.Ordinal, judgement.Population, judgement.Epoch, judgement.Value));
            if (again != judgement) world.Violate($"Sweep {sweep.Id} judged {judgement}, and from the same history {again}.");
            history.Add(judgement);
        }

        static string Text(Contracts.Specs.Cell cell) => $"{cell.Ordinal} {string.Join(' ', cell.Axes.Values)} {cell.Informed}";
    }

    private int LeasesOf(StoredSweep sweep) => sweep.Experiments.Where(e => BookOf(e).Holder is not null).Select(e => e.Lease).Distinct().Count();

    private Book BookOf(StoredExperiment e)
    {
        if (!books.TryGetValue(e.Id, out var book)) books[e.Id] = book = new();
        return book;
    }

    private static string Numbers(IEnumerable<StoredExperiment> experiments) => string.Join(", ", experiments.Select(e => e.Id));

    private sealed class Book
    {
        public long Fence { get; set; }

        public (long Fence, string Worker)? Holder { get; set; }

        public HashSet<long> Outcomes { get; } = [];

        public TimeSpan NotBefore { get; set; }

        public int Failures { get; set; }

        public int Accumulate { get; set; } = 1;

        public (int Size, int Place)? Group { get; set; }

        /// <summary>What did not fit into memory.</summary>
        public (int Size, int Pieces)? TooLarge { get; set; }
    }
}
