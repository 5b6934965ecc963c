using Microsoft.AspNetCore.Http.HttpResults;
using ViViT.Contracts.Wire;
using ViViT.Grains.Workers;
using ViViT.Storage;

namespace ViViT.Silo.Api;

internal static class WorkersApi
{
    internal const int LongestName = 200;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(Routes.Workers, (Storage.Workers workers, CancellationToken stop) => workers.List(stop));
        routes.MapPost(Routes.WorkerLease, Lease);
        routes.MapPost(Routes.WorkerHeartbeat, Heartbeat);
        routes.MapPost(Routes.GroupSizes, Measured);
    }

    private static async Task<Results<Ok<Lease>, NoContent, ProblemHttpResult>> Lease(
        string worker, LeaseRequest request, LongPoll poll, CancellationToken stop)
    {
        if (NameProblem(worker, request.Pool) is { } problem)
        {
            return problem;
        }

        if (!IsName(request.DeviceKind))
        {
            return Problems.Invalid($"device_kind names what the slot computes on in 1 to {LongestName} characters, no control characters.");
        }

        if (request.MaxGroup < 1 || !double.IsFinite(request.WaitSeconds))
        {
            return Problems.Invalid($"max_group ({request.MaxGroup}) and wait_seconds ({request.WaitSeconds}) are no request for work. Give at least 1, and seconds to wait.");
        }

        return await poll.Lease(worker, request, stop) is { } lease ? TypedResults.Ok(lease) : TypedResults.NoContent();
    }

    private static async Task<Results<Ok<HeartbeatReply>, ProblemHttpResult>> Heartbeat(string worker, Heartbeat heartbeat, IGrainFactory grains) =>
        NameProblem(worker, heartbeat.Pool) is { } problem ? problem : TypedResults.Ok(await grains.GetGrain<IWorkerGrain>(worker).Heartbeat(heartbeat));

    private static async Task<Results<NoContent, ProblemHttpResult>> Measured(MeasuredShape measured, GroupSizes sizes, CancellationToken stop)
    {
        if (MeasuredShapeCheck.Problem(measured) is { } problem)
        {
            return Problems.Invalid(problem);
        }

        await sizes.Store(measured, stop);
        return TypedResults.NoContent();
    }

    private static ProblemHttpResult? NameProblem(string worker, string pool) =>
        IsName(worker) && IsName(pool)
            ? null
            : Problems.Invalid($"The names of worker and pool have 1 to {LongestName} characters, no control characters. Mend VIVIT_WORKER or VIVIT_POOL.");

    internal static bool IsName(string name) => name.Length is > 0 and <= LongestName && !name.Any(char.IsControl);
}
