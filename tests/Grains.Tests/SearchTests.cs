using System.Text.Json;
using ViViT.Contracts;
using ViViT.Contracts.Experiments;
using ViViT.Contracts.Search;
using ViViT.Contracts.Specs;
using ViViT.Contracts.Sweeps;
using ViViT.Contracts.Wire;
using ViViT.Grains.Sweeps;
using ViViT.Storage;

namespace ViViT.Grains.Tests;

public sealed class SearchTests : DatabaseTest
{
    private static readonly AttemptOutcome Succeeded = new(AttemptResult.Succeeded);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static SweepSpec Tpe(int experiments) => TestSilo.Spec() with
    {
        Grid = new Dictionary<string, IReadOnlyList<JsonElement>>(),
        Group = GroupSetting.Off,
        Search = new SearchSpec
        {
            Method = SearchMethod.Tpe,
            Experiments = experiments,
            Startup = 3,
            Parallel = 2,
            Space = new Dictionary<string, DimensionSpec> { ["training.learning_rate"] = new() { Min = 1e-5, Max = 1e-1, Scale = Scale.Log } },
        },
    };

    [Fact]
    public async Task A_search_by_results_chooses_as_they_come_and_the_stored_results_give_its_choices_again()
    {
        await using var silo = await TestSilo.Start(Database);
        var spec = Tpe(experiments: 8);
        var sweep = await silo.Submit(spec);
        Assert.Equal((2, 8), ((await silo.Status(sweep)).Counts.Total, (await silo.Status(sweep)).Expected));

        for (var ended = 0; ended < 8; ended++)
        {
            var lease = await silo.Lease();
            await Tell(silo, lease, epoch: 60, auc: 1 - Math.Abs(Math.Log10(lease.Spec.Training.LearningRate) + 3));
            await silo.Report(lease, Succeeded);
        }

        Assert.Equal(8, (await silo.UntilSweep(sweep, SweepState.Succeeded)).Counts.Succeeded);
        var rates = (await silo.Get<Storage.Experiments>().List(sweep, null, -1, 100, Stop)).Select(row => row.Axes["training.learning_rate"]).ToList();
        var results = await silo.Get<Storage.Sweeps>().Results(sweep, Stop);
        Assert.Equal(rates, SearchPlan.Next(spec, known: 0, results).Select(cell => cell.Axes["training.learning_rate"]));
        Assert.All(results.Take(6), result => Assert.NotNull(result.Value));
    }

    [Fact]
    public async Task A_search_goes_on_under_another_silo_as_if_there_had_been_one()
    {
        var spec = Tpe(experiments: 5);
        SweepId sweep;
        await using (var silo = await TestSilo.Start(Database))
        {
            sweep = await silo.Submit(spec);
            await silo.Report(await silo.Lease(), Succeeded);
            await TestSilo.Until(() => silo.Status(sweep), status => status.Counts.Total == 3);
        }

        await using var next = await TestSilo.Start(Database);
        for (var ended = 0; ended < 4; ended++) await next.Report(await next.Lease(), Succeeded);

        Assert.Equal(5, (await next.UntilSweep(sweep, SweepState.Succeeded)).Counts.Succeeded);
    }

    [Fact]
    public async Task A_stopping_rule_ends_the_worse_ones_and_stores_why()
    {
        await using var silo = await TestSilo.Start(Database);
        var sweep = await silo.Submit(TestSilo.Spec(experiments: 4) with { Group = GroupSetting.Off, Stopping = new StoppingSpec { Rule = StoppingRule.Asha, Reduction = 2 } });
        var leases = new List<LeasedExperiment>();
        for (var i = 0; i < 4; i++) leases.Add(await silo.Lease());

        // The best reports first: each of the others falls behind.
        foreach (var (lease, auc) in leases.Zip([0.9, 0.6, 0.5, 0.4])) await Tell(silo, lease, epoch: 1, auc);

        await TestSilo.Until(() => silo.Status(sweep), status => status.Counts.Stopped > 0);
        var judged = await TestSilo.Until(() => silo.Get<Judgements>().Of(sweep, Stop), all => all.Count == 4);
        Assert.Equal(4, judged.Select(judgement => judgement.Ordinal).Distinct().Count());
        Assert.False(judged.Single(judgement => judgement.Value == 0.9).Stop);
        foreach (var stopped in judged.Where(judgement => judgement.Stop))
        {
            var row = await TestSilo.Until(async () => (await silo.Get<Storage.Experiments>().List(sweep, null, -1, 10, Stop))[stopped.Ordinal], row => row.State == ExperimentState.Stopped);
            Assert.Contains("epoch 1", row.Reason, StringComparison.Ordinal);
            Assert.Equal([row.Id], (await silo.Heartbeat("worker", leases[stopped.Ordinal])).Lost);
        }

        foreach (var lease in leases.Where(lease => !judged.Any(judgement => judgement.Stop && leases[judgement.Ordinal] == lease))) await silo.Report(lease, Succeeded);
        Assert.Equal(0, (await silo.UntilSweep(sweep, SweepState.Succeeded)).Counts.Failed);
    }

    private static async Task Tell(TestSilo silo, LeasedExperiment lease, int epoch, double auc)
    {
        var stepsAnEpoch = 10;
        var flush = new MetricFlush(lease.Id, lease.Fence, 0, epoch * stepsAnEpoch, lease.Spec.Training.Epochs * stepsAnEpoch, [new MetricChunk(MetricNames.ValidationAuc, [epoch * stepsAnEpoch], [auc])]);
        Assert.Equal(ReportStatus.Accepted, Assert.Single(await silo.Get<Metrics>().Flush([flush], Stop)).Status);
    }
}
