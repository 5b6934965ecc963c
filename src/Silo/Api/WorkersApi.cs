using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using ViViT.Contracts.Wire;
using ViViT.Grains.Workers;
using ViViT.Silo.Security;
using ViViT.Storage;

namespace ViViT.Silo.Api;

internal static class WorkersApi
{
    internal const int LongestName = 200;
    private const int LongestReason = 1_000;
    private const int MostSlots = 1_024;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(Routes.Workers, (Storage.Workers workers, CancellationToken stop) => workers.List(stop));
        routes.MapPost(Routes.WorkerLease, Lease);
        routes.MapPost(Routes.WorkerHeartbeat, Heartbeat);
        routes.MapPost(Routes.WorkerCordon, async Task<Results<NoContent, ProblemHttpResult>> (string worker, CordonRequest request, Caller caller, Storage.Workers workers, CancellationToken stop) =>
            string.IsNullOrWhiteSpace(request.Reason) || request.Reason.Length > LongestReason || request.Reason.Contains('\0', StringComparison.Ordinal)
                ? Problems.Invalid($"reason says why, in 1 to {LongestReason} characters.")
                : Steered(worker, await workers.Cordon(worker, request.Reason, caller.By, stop)));
        routes.MapPost(Routes.WorkerUncordon, async (string worker, Caller caller, Storage.Workers workers, CancellationToken stop) => Steered(worker, await workers.Cordon(worker, reason: null, caller.By, stop)));
        routes.MapPost(Routes.WorkerDrain, async (string worker, Caller caller, Storage.Workers workers, CancellationToken stop) => Steered(worker, await workers.Drain(worker, caller.By, stop)));
        routes.MapPost(Routes.GroupSizes, Measured);
    }

    private static async Task<Results<Ok<Lease>, NoContent, ProblemHttpResult>> Lease(
        string worker, LeaseRequest request, HttpContext context, Caller caller, WorkerRights rights, LongPoll poll, CancellationToken stop)
    {
        if (NameProblem(worker, request.Pool) is { } problem)
        {
            return problem;
        }

        if (!IsName(request.DeviceKind))
        {
            return Problems.Invalid($"device_kind names what the slot computes on in 1 to {LongestName} characters, no control characters.");
        }

        if (request.MaxGroup < 1 || !double.IsFinite(request.WaitSeconds) || request.MemoryGib is <= 0 or double.NaN)
        {
            return Problems.Invalid($"max_group ({request.MaxGroup}), wait_seconds ({request.WaitSeconds}) and memory_gib ({request.MemoryGib}) are no request for work. Give at least 1, seconds to wait, and what memory there is.");
        }

        if (await rights.Problem(context, caller, worker, request.Pool, stop) is { } refusal)
        {
            return refusal;
        }

        return await poll.Lease(worker, request, stop) is { } lease ? TypedResults.Ok(lease) : TypedResults.NoContent();
    }

    private static async Task<Results<Ok<HeartbeatReply>, ProblemHttpResult>> Heartbeat(
        string worker, Heartbeat heartbeat, HttpContext context, Caller caller, WorkerRights rights, IGrainFactory grains, CancellationToken stop) =>
        (NameProblem(worker, heartbeat.Pool) ?? SlotProblem(heartbeat) ?? await rights.Problem(context, caller, worker, heartbeat.Pool, stop)) is { } problem
            ? problem
            : TypedResults.Ok(await grains.GetGrain<IWorkerGrain>(worker).Heartbeat(heartbeat));

    private static async Task<Results<NoContent, ProblemHttpResult>> Measured(MeasuredShape measured, GroupSizes sizes, CancellationToken stop)
    {
        if (MeasuredShapeCheck.Problem(measured) is { } problem)
        {
            return Problems.Invalid(problem);
        }

        await sizes.Store(measured, stop);
        return TypedResults.NoContent();
    }

    private static Results<NoContent, ProblemHttpResult> Steered(string worker, bool exists) => exists ? TypedResults.NoContent() : Problems.NoWorker(worker);

    private static ProblemHttpResult? NameProblem(string worker, string pool) =>
        IsName(worker) && IsName(pool)
            ? null
            : Problems.Invalid($"The names of worker and pool have 1 to {LongestName} characters, no control characters. Mend VIVIT_WORKER or VIVIT_POOL.");

    private static ProblemHttpResult? SlotProblem(Heartbeat heartbeat) =>
        heartbeat.Slots.Count <= MostSlots && heartbeat.Slots.All(slot => IsName(slot.Name) && IsName(slot.DeviceKind) && slot.MaxGroup >= 1 && slot.MemoryGib is null or > 0)
            ? null
            : Problems.Invalid($"slots are at most {MostSlots}, each with a name and a device_kind of 1 to {LongestName} characters, a max_group of at least 1, and a memory_gib above 0 or none.");

    internal static bool IsName(string name) => name.Length is > 0 and <= LongestName && !name.Any(IsUnseen);

    // Such characters make one name look like another's.
    private static bool IsUnseen(char one) => char.IsControl(one) || char.GetUnicodeCategory(one) is UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
