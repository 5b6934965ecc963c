using ViViT.Contracts;
using ViViT.Contracts.Experiments;
using ViViT.Contracts.Sweeps;
using ViViT.Contracts.Wire;
using ViViT.Grains.Sweeps;
using ViViT.TestKit;

namespace ViViT.Grains.Tests;

public sealed class RestartTests : DatabaseTest
{
    private static readonly AttemptOutcome Succeeded = new(AttemptResult.Succeeded);

    [Fact]
    public async Task What_one_silo_knew_the_next_one_knows()
    {
        var (sweep, lease) = await SubmitAndLease(experiments: 2);

        await using var silo = await TestSilo.Start(Database);
        Assert.Empty((await silo.Heartbeat("worker", lease)).Lost);
        Assert.Equal(ReportStatus.Accepted, await silo.Report(lease, Succeeded));
        Assert.Equal(ReportStatus.Accepted, await silo.Report(await silo.Lease(), Succeeded));

        await silo.UntilSweep(sweep, SweepState.Succeeded);
    }

    [Fact]
    public async Task A_running_sweep_keeps_its_reminder_over_a_restart_and_drops_it_at_its_end()
    {
        var (sweep, lease) = await SubmitAndLease();

        await using var silo = await TestSilo.Start(Database);
        Assert.Contains((sweep.Value, "reconcile"), await Reminders(silo));
        await silo.Report(lease, Succeeded);

        await silo.UntilSweep(sweep, SweepState.Succeeded);
        await TestSilo.Until(() => Reminders(silo), reminders => !reminders.Contains((sweep.Value, "reconcile")));
    }

    [Fact]
    public async Task Workers_can_renew_for_a_whole_term_after_a_restart_before_their_leases_are_taken()
    {
        var (_, lease) = await SubmitAndLease(termSeconds: 1);
        await Task.Delay(TimeSpan.FromSeconds(1.2), TestContext.Current.CancellationToken); // expired while no silo was there

        await using var silo = await TestSilo.Start(Database, termSeconds: 1);
        await silo.TryLease("other"); // brings the scheduler back
        await Task.Delay(TimeSpan.FromSeconds(0.5), TestContext.Current.CancellationToken);

        Assert.Empty((await silo.Heartbeat("worker", lease)).Lost);
        Assert.Equal(ReportStatus.Accepted, await silo.Report(lease, Succeeded));
    }

    [Fact]
    public async Task Workers_can_renew_for_a_whole_term_after_an_outage_of_the_database()
    {
        var server = await PostgresServer.StartOwn();
        await using var database = await server.NewDatabase();
        await using var silo = await TestSilo.Start(database, termSeconds: 2);
        await silo.Submit(TestSilo.Spec());
        var lease = await silo.Lease();

        server.Stop();
        await Task.Delay(TimeSpan.FromSeconds(2.5), TestContext.Current.CancellationToken); // the lease's term passes
        server.Restart();
        await Task.Delay(TimeSpan.FromSeconds(1), TestContext.Current.CancellationToken); // less than the next term, more than the scheduler's next look

        Assert.Empty((await silo.Heartbeat("worker", lease)).Lost);
        Assert.Equal(ReportStatus.Accepted, await silo.Report(lease, Succeeded));
    }

    [Fact]
    public async Task A_sweep_whose_last_news_was_lost_ends_at_the_next_look()
    {
        var (sweep, lease) = await SubmitAndLease();
        await using var silo = await TestSilo.Start(Database);
        var experiments = silo.Get<Storage.Experiments>();
        var (experiment, etag) = (await experiments.Read(lease.Id, TestContext.Current.CancellationToken)).GetValueOrDefault();
        var ended = experiment.Apply(new ExperimentEvent.AttemptEnded(lease.Fence, Succeeded));
        await experiments.Write(ended, AttemptEnding.Of(Succeeded), by: null, etag, TestContext.Current.CancellationToken);

        await silo.Grains.GetGrain<ISweepGrain>(sweep.Value).ExperimentEnded();

        await silo.UntilSweep(sweep, SweepState.Succeeded);
    }

    private async Task<(SweepId Sweep, LeasedExperiment Lease)> SubmitAndLease(int experiments = 1, double termSeconds = 30)
    {
        await using var silo = await TestSilo.Start(Database, termSeconds);
        return (await silo.Submit(TestSilo.Spec(experiments)), await silo.Lease());
    }

    private static async Task<HashSet<(long, string)>> Reminders(TestSilo silo) =>
        [.. (await silo.Get<IReminderTable>().ReadRows(0, 0)).Reminders
            .Where(reminder => reminder.GrainId.Type.ToString() == "sweep")
            .Select(reminder => (reminder.GrainId.GetIntegerKey(), reminder.ReminderName))];
}
