using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using ViViT.Contracts.Experiments;
using ViViT.Contracts;
using ViViT.Contracts.Specs;
using ViViT.Contracts.Wire;
using ViViT.Grains.Sweeps;
using ViViT.Silo.Security;
using ViViT.Storage;

namespace ViViT.Silo.Api;

internal static class SweepsApi
{
    private const int MostSweeps = 1_000;
    private const int MostExperiments = 10_000;
    private const int LongestKey = 200;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost(Routes.Sweeps, Submit).WithRequestTimeout(RequestLimits.LongestSubmission);
        routes.MapGet(Routes.Sweeps, (int? limit, Sweeps sweeps, CancellationToken stop) => sweeps.List(Math.Clamp(limit ?? 50, 1, MostSweeps), stop));
        routes.MapGet(Routes.Sweep, async Task<Results<Ok<SweepStatus>, ProblemHttpResult>> (long id, Sweeps sweeps, CancellationToken stop) =>
            await sweeps.Status(new(id), stop) is { } status ? TypedResults.Ok(status) : Problems.NoSweep(id));
        routes.MapGet(Routes.SweepExperiments, Experiments);
        routes.MapPost(Routes.SweepCancel, (long id, Caller caller, Sweeps sweeps, IGrainFactory grains, CancellationToken stop) => Steer(id, sweep => sweep.Cancel(caller.By), sweeps, grains, stop));
        routes.MapPost(Routes.SweepPause, (long id, Caller caller, Sweeps sweeps, IGrainFactory grains, CancellationToken stop) => Steer(id, sweep => sweep.Pause(caller.By), sweeps, grains, stop));
        routes.MapPost(Routes.SweepResume, (long id, Caller caller, Sweeps sweeps, IGrainFactory grains, CancellationToken stop) => Steer(id, sweep => sweep.Resume(caller.By), sweeps, grains, stop));
        routes.MapPost(Routes.SweepPriority, Priority);
        routes.MapPost(Routes.SweepRetryFailed, async Task<Results<Ok<RetriedExperiments>, ProblemHttpResult>> (long id, Caller caller, IGrainFactory grains) =>
            await grains.GetGrain<ISweepGrain>(id).RetryFailed(caller.By) is { } again ? TypedResults.Ok(new RetriedExperiments(again)) : Problems.NoSweep(id));
    }

    private static async Task<Results<Created<SweepStatus>, ProblemHttpResult>> Submit(
        JsonElement body, [FromHeader(Name = Routes.IdempotencyKey)] string? key, Caller caller, Sweeps sweeps, Submissions submissions, IGrainFactory grains, CancellationToken stop)
    {
        if (key is { Length: > LongestKey } || (key is not null && key.Any(char.IsControl)))
        {
            return Problems.Invalid($"{Routes.IdempotencyKey} has 1 to {LongestKey} characters, no control characters.");
        }

        var (spec, problems) = SpecReader.Read(body);
        if (spec is null)
        {
            return Problems.InvalidSpec(problems);
        }

        // The number is chosen before the sweep is stored: repeating the submission under the same key finds it, stored or not.
        if (await (key is null ? NewId(sweeps, stop) : submissions.Reserve(key, Hash(spec), stop)) is not { } id)
        {
            return Problems.Conflict($"The key '{key}' belongs to a sweep of another spec. Give another key, or submit what was submitted before.");
        }

        if (await grains.GetGrain<ISweepGrain>(id.Value).Submit(spec, caller.By) is { Length: > 0 } unsound)
        {
            return Problems.InvalidSpec(unsound);
        }

        return TypedResults.Created(Routes.Fill(Routes.Sweep, id.Value), await sweeps.Status(id, stop));
    }

    private static async Task<Results<Ok<IReadOnlyList<ExperimentRow>>, ProblemHttpResult>> Experiments(
        long id, string? state, int? after, int? limit, Sweeps sweeps, Storage.Experiments experiments, Explainer explainer, CancellationToken stop)
    {
        ExperimentState? wanted = Enum.TryParse<ExperimentState>(state, ignoreCase: true, out var parsed) && Enum.IsDefined(parsed) ? parsed : null;
        if (state is not null && wanted is null)
        {
            var known = Enum.GetNames<ExperimentState>().Select(JsonNamingPolicy.SnakeCaseLower.ConvertName).ToList();
            return Problems.Invalid($"state: there is no state '{state}'. {Spelling.Suggest(state, known)}");
        }

        var rows = await experiments.List(new SweepId(id), wanted, after ?? -1, Math.Clamp(limit ?? 1_000, 1, MostExperiments), stop);
        return rows.Count > 0 || await sweeps.Read(new(id), stop) is not null ? TypedResults.Ok(await explainer.Explain(new(id), rows, stop)) : Problems.NoSweep(id);
    }

    private static async Task<Results<Ok<SweepStatus>, ProblemHttpResult>> Steer(
        long id, Func<ISweepGrain, Task<bool>> steer, Sweeps sweeps, IGrainFactory grains, CancellationToken stop) =>
        await steer(grains.GetGrain<ISweepGrain>(id)) && await sweeps.Status(new(id), stop) is { } status ? TypedResults.Ok(status) : Problems.NoSweep(id);

    private static async Task<Results<Ok<SweepStatus>, ProblemHttpResult>> Priority(long id, PriorityChange change, Caller caller, Sweeps sweeps, CancellationToken stop)
    {
        if (change.Priority is < SweepSpec.LowestPriority or > SweepSpec.HighestPriority)
        {
            return Problems.Invalid($"{change.Priority} is no priority. Give {SweepSpec.LowestPriority} to {SweepSpec.HighestPriority}.");
        }

        return await sweeps.SetPriority(new(id), change.Priority, caller.By, stop) && await sweeps.Status(new(id), stop) is { } status ? TypedResults.Ok(status) : Problems.NoSweep(id);
    }

    private static async Task<SweepId?> NewId(Sweeps sweeps, CancellationToken stop) => await sweeps.NextId(stop);

    private static string Hash(SweepSpec spec) => Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(spec, ContractsJson.Options)));
}
