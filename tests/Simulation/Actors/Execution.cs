using ViViT.Contracts;
using ViViT.Contracts.Experiments;
using ViViT.Contracts.Wire;
using ViViT.Worker.TrainerProcess;

namespace ViViT.Simulation.Tests.Actors;

/// <summary>A lease in a trainer: its members step together, each from its own checkpoint, and each comes to its own end (LeaseExecution and GroupTrainer).</summary>
internal sealed class Execution(World world, Worker worker, Lease lease)
{
    private const int StepsPerCheckpoint = 3;

    private readonly List<Member> members = [.. lease.Experiments.Select(leased => new Member(world, leased, new Uplink(world, worker, leased)))];
    private readonly TimeSpan stepTime = world.Dice.Seconds(0.1, 0.5);

    public async Task Run()
    {
        await Train();
        foreach (var member in members) await member.Told!;
    }

    private async Task Train()
    {
        await world.Agenda.Wait(worker.Life, stepTime);
        if (!FitsIntoMemory())
        {
            EndAll(new(AttemptResult.Failed, FailureClass.OutOfMemory, "The device is out of memory."));
            return;
        }

        foreach (var member in members) member.Begin();
        for (var clock = members.Min(member => member.Step); members.Exists(member => !member.HasEnded); clock++)
        {
            await world.Agenda.Wait(worker.Life, stepTime);
            if (world.InTrouble && world.Dice.Chance(world.Scenario.TrainerDeaths))
            {
                EndAll(new(AttemptResult.Failed, FailureClass.Infrastructure, "The trainer was killed."));
                return;
            }

            foreach (var member in members.Where(member => !member.HasEnded))
            {
                // Of a lost lease the trainer hears late, or never when others of it train on.
                if (member.Uplink.Lease.IsLost && world.Dice.Chance(0.5)) member.End(new(AttemptResult.Released, Reason: "nobody wants it"));
                else if (member.Step == clock) StepOf(member);
                else if (WhyStop(member) is { } why) member.End(new(AttemptResult.Released, Reason: why));
                if (worker.Life.IsDead) await new Engine.Answer<bool>();   // never comes
            }
        }
    }

    private void StepOf(Member member)
    {
        var ended = member.Train(worker);
        if (worker.Life.IsDead) return;
        if (ended is not null)
        {
            member.End(ended);
            return;
        }

        var why = WhyStop(member);
        if (why is not null || member.Step % StepsPerCheckpoint == 0) member.Save();
        if (why is not null) member.End(new(AttemptResult.Released, Reason: why));
    }

    private string? WhyStop(Member member) => member.Uplink.Lease.WhyWantedBack ?? (worker.IsClosing ? $"Worker {worker.Name} was shut down." : null);

    private bool FitsIntoMemory()
    {
        var first = lease.Experiments[0];
        var piece = Math.Ceiling(first.Spec.Training.BatchSize / (double)first.Accumulate);
        return lease.GroupSize * piece * world.Submitted[first.Sweep].Bulk <= PlannedSweep.Roomy;
    }

    private void EndAll(AttemptOutcome outcome)
    {
        foreach (var member in members.Where(member => !member.HasEnded)) member.End(outcome);
    }

    private sealed class Member(World world, LeasedExperiment leased, Uplink uplink)
    {
        private readonly int seed = world.Scenario.Seed;
        private readonly Fate fate = Trainee.FateOf(world.Scenario.Seed, leased.Id, world.Submitted[leased.Sweep].HasTroubledExperiments);
        private readonly long fateful = Trainee.FatefulStep(world.Scenario.Seed, leased.Id, leased.Spec);
        private readonly long total = Trainee.TotalSteps(leased.Spec);

        public Uplink Uplink => uplink;

        public long Step { get; private set; } = leased.ResumeFrom?.Step ?? 0;

        public Engine.Answer<AttemptOutcome?>? Told { get; private set; }

        public bool HasEnded => Told is not null;

        public void Begin()
        {
            if (leased.ResumeFrom is { } checkpoint && !world.Disk.Has(leased.Id, checkpoint))
            {
                // Once its lease is another's, the other's checkpoints make it one to be deleted.
                if (world.Store.Experiments[leased.Id.Value].Fence == leased.Fence) world.Violate($"Experiment {leased.Id} is to go on from {checkpoint.Path}, which was deleted.");
                End(new(AttemptResult.Failed, FailureClass.Infrastructure, $"The checkpoint {checkpoint.Path} cannot be read."));
                return;
            }

            uplink.Started(Step, total);
            if (Step == total) End(new(AttemptResult.Succeeded));
        }

        public void End(AttemptOutcome outcome) => Told = uplink.Finish(outcome);

        public void Save()
        {
            var checkpoint = Trainee.Checkpoint(seed, leased.Held, Step);
            world.Disk.Write(leased.Held, checkpoint);
            uplink.Saved(checkpoint);
        }

        /// <summary>A step, with what there is to tell.</summary>
        /// <returns>The end that it came to; null when it goes on.</returns>
        public AttemptOutcome? Train(Worker worker)
        {
            Step++;
            if (fate == Fate.Poisons && Step == fateful)
            {
                worker.Die();
                return null;
            }

            if (fate == Fate.Misfits) return new(AttemptResult.Failed, FailureClass.User, "Its settings are wrong.");
            var loss = Trainee.Loss(seed, leased.Id, Step, fate, fateful);
            var point = new MetricPoint(MetricNames.TrainLoss, Step, loss);
            uplink.Measured(Step % Trainee.StepsPerEpoch == 0 && !double.IsNaN(loss) ? [point, new(MetricNames.ValidationAuc, Step, Trainee.Auc(seed, leased.Id, Step))] : [point]);
            if (double.IsNaN(loss)) return new(AttemptResult.Failed, FailureClass.Numerical, "The loss is no number.");
            if (Step < total) return null;
            Save();
            return new(AttemptResult.Succeeded);
        }
    }
}
