using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using ViViT.Contracts.Experiments;
using ViViT.Contracts;
using ViViT.Contracts.Specs;
using ViViT.Contracts.Wire;
using ViViT.Grains.Sweeps;
using ViViT.Storage;

namespace ViViT.Silo.Api;

internal static class SweepsApi
{
    private const int MostSweeps = 1_000;
    private const int MostExperiments = 10_000;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost(Routes.Sweeps, Submit);
        routes.MapGet(Routes.Sweeps, (int? limit, Sweeps sweeps, CancellationToken stop) => sweeps.List(Math.Clamp(limit ?? 50, 1, MostSweeps), stop));
        routes.MapGet(Routes.Sweep, async Task<Results<Ok<SweepStatus>, ProblemHttpResult>> (long id, Sweeps sweeps, CancellationToken stop) =>
            await sweeps.Status(new(id), stop) is { } status ? TypedResults.Ok(status) : Problems.NoSweep(id));
        routes.MapGet(Routes.SweepExperiments, Experiments);
        routes.MapPost(Routes.SweepCancel, Cancel);
    }

    private static async Task<Results<Created<SweepStatus>, ProblemHttpResult>> Submit(
        JsonElement body, Sweeps sweeps, IGrainFactory grains, CancellationToken stop)
    {
        var (spec, problems) = SpecReader.Read(body);
        if (spec is null)
        {
            return Problems.InvalidSpec(problems);
        }

        var id = await sweeps.NextId(stop);
        if (await grains.GetGrain<ISweepGrain>(id.Value).Submit(spec) is { Length: > 0 } unsound)
        {
            return Problems.InvalidSpec(unsound);
        }

        return TypedResults.Created(Routes.Fill(Routes.Sweep, id.Value), await sweeps.Status(id, stop));
    }

    private static async Task<Results<Ok<IReadOnlyList<ExperimentRow>>, ProblemHttpResult>> Experiments(
        long id, string? state, int? after, int? limit, Sweeps sweeps, Storage.Experiments experiments, CancellationToken stop)
    {
        ExperimentState? wanted = Enum.TryParse<ExperimentState>(state, ignoreCase: true, out var parsed) && Enum.IsDefined(parsed) ? parsed : null;
        if (state is not null && wanted is null)
        {
            var known = Enum.GetNames<ExperimentState>().Select(JsonNamingPolicy.SnakeCaseLower.ConvertName).ToList();
            return Problems.Invalid($"state: there is no state '{state}'. {Spelling.Suggest(state, known)}");
        }

        var rows = await experiments.List(new SweepId(id), wanted, after ?? -1, Math.Clamp(limit ?? 1_000, 1, MostExperiments), stop);
        return rows.Count > 0 || await sweeps.Status(new(id), stop) is not null ? TypedResults.Ok(rows) : Problems.NoSweep(id);
    }

    private static async Task<Results<Ok<SweepStatus>, ProblemHttpResult>> Cancel(long id, Sweeps sweeps, IGrainFactory grains, CancellationToken stop)
    {
        if (!await grains.GetGrain<ISweepGrain>(id).Cancel())
        {
            return Problems.NoSweep(id);
        }

        return TypedResults.Ok(await sweeps.Status(new(id), stop));
    }
}
