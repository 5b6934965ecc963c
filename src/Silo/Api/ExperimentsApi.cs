using Microsoft.AspNetCore.Http.HttpResults;
using ViViT.Contracts;
using ViViT.Contracts.Experiments;
using ViViT.Contracts.Wire;
using ViViT.Grains.Experiments;
using ViViT.Grains.Sweeps;
using ViViT.Silo.Security;
using ViViT.Storage;

namespace ViViT.Silo.Api;

internal static class ExperimentsApi
{
    private const int MostLines = 10_000;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(Routes.Experiment, async Task<Results<Ok<ExperimentDetail>, ProblemHttpResult>> (long id, Experiments experiments, Explainer explainer, CancellationToken stop) =>
            await Detail(id, experiments, explainer, stop) is { } detail ? TypedResults.Ok(detail) : Problems.NoExperiment(id));
        routes.MapGet(Routes.ExperimentCurves, Curves);
        routes.MapGet(Routes.ExperimentLogs, Lines);
        routes.MapPost(Routes.ExperimentRetry, (long id, Caller caller, Experiments experiments, Explainer explainer, IGrainFactory grains, CancellationToken stop) => Steer(
            id, experiment => experiment.State is ExperimentState.Failed or ExperimentState.Cancelled
                ? grains.GetGrain<ISweepGrain>(experiment.Sweep.Value).Retry(experiment.Id, caller.By)
                : Task.FromResult(new ReportReply(ReportStatus.LeaseLost)), "Only what failed or was cancelled gets another attempt.", experiments, explainer, stop));
        routes.MapPost(Routes.ExperimentCancel, (long id, Caller caller, Experiments experiments, Explainer explainer, IGrainFactory grains, CancellationToken stop) => Steer(
            id, experiment => grains.GetGrain<IExperimentGrain>(id).Report(new ExperimentEvent.Cancelled($"Cancelled by {caller.By}.", caller.By)), "It has ended already.", experiments, explainer, stop));
    }

    private static async Task<ExperimentDetail?> Detail(long id, Experiments experiments, Explainer explainer, CancellationToken stop) =>
        await experiments.Detail(new(id), stop) is { } detail ? detail with { Row = (await explainer.Explain(detail.Row.Sweep, [detail.Row], stop)).Single() } : null;

    private static async Task<Results<Ok<ExperimentDetail>, ProblemHttpResult>> Steer(
        long id, Func<Experiment, Task<ReportReply>> steer, string refusal, Experiments experiments, Explainer explainer, CancellationToken stop)
    {
        if (await experiments.Read(new(id), stop) is not var (experiment, _))
        {
            return Problems.NoExperiment(id);
        }

        var reply = await steer(experiment);
        var detail = await Detail(id, experiments, explainer, stop);
        return reply.Status == ReportStatus.Accepted
            ? TypedResults.Ok(detail)
            : Problems.Conflict($"Experiment {id} is {ContractsJson.Name(detail!.Row.State)}. {refusal}");
    }

    private static async Task<Results<Ok<IReadOnlyList<Curve>>, ProblemHttpResult>> Curves(
        long id, string[]? metric, Experiments experiments, Metrics metrics, CancellationToken stop)
    {
        var curves = await metrics.Curves(new ExperimentId(id), metric is { Length: > 0 } ? metric : null, stop);
        return curves.Count > 0 || await experiments.Read(new(id), stop) is not null ? TypedResults.Ok(curves) : Problems.NoExperiment(id);
    }

    private static async Task<Results<Ok<IReadOnlyList<LogRow>>, ProblemHttpResult>> Lines(
        long id, long? after, int? limit, Experiments experiments, Logs logs, CancellationToken stop)
    {
        var lines = await logs.List(new(id), after ?? 0, Math.Clamp(limit ?? 1_000, 1, MostLines), stop);
        return lines.Count > 0 || await experiments.Read(new(id), stop) is not null ? TypedResults.Ok(lines) : Problems.NoExperiment(id);
    }
}
