using Microsoft.AspNetCore.Http.HttpResults;
using ViViT.Contracts;
using ViViT.Contracts.Wire;
using ViViT.Storage;

namespace ViViT.Silo.Api;

internal static class ExperimentsApi
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(Routes.Experiment, async Task<Results<Ok<ExperimentDetail>, ProblemHttpResult>> (long id, Experiments experiments, CancellationToken stop) =>
            await experiments.Detail(new(id), stop) is { } detail ? TypedResults.Ok(detail) : Problems.NoExperiment(id));
        routes.MapGet(Routes.ExperimentCurves, Curves);
    }

    private static async Task<Results<Ok<IReadOnlyList<Curve>>, ProblemHttpResult>> Curves(
        long id, string[]? metric, Experiments experiments, Metrics metrics, CancellationToken stop)
    {
        var curves = await metrics.Curves(new ExperimentId(id), metric is { Length: > 0 } ? metric : null, stop);
        return curves.Count > 0 || await experiments.Read(new(id), stop) is not null ? TypedResults.Ok(curves) : Problems.NoExperiment(id);
    }
}
