using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Http.HttpResults;
using ViViT.Contracts.Access;
using ViViT.Contracts.Wire;
using ViViT.Storage;

namespace ViViT.Silo.Security;

/// <summary>
/// What a worker's token is worth: work of its pool, under names of workers that no other token has used, and reports on what was granted to them.
/// Whose an attempt is never changes, so it is looked up once; an administrator's token may speak for every worker.
/// </summary>
internal sealed class WorkerRights(WorkerOwners owners, Refusals refusals)
{
    // Some ten megabytes. What is forgotten is looked up again.
    private const int MostKnown = 100_000;

    private readonly ConcurrentDictionary<string, WorkerOwner> workers = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<(long Experiment, long Fence), WorkerOwner?> attempts = new();

    /// <summary>Whether the caller may be that worker of that pool.</summary>
    /// <returns>Null: it may.</returns>
    public async ValueTask<ProblemHttpResult?> Problem(HttpContext context, Caller caller, string worker, string pool, CancellationToken cancellation)
    {
        if (caller.Role == Role.Worker && caller.Pool != pool) return Refused(context, caller, $"The token '{caller.Token}' is of a worker of pool '{caller.Pool}'; it is worth nothing in another. Mend VIVIT_POOL, or take that pool's token.");
        if (!workers.TryGetValue(worker, out var owner))
        {
            owner = await owners.Bind(worker, Self(caller), cancellation);
            if (workers.Count >= MostKnown) workers.Clear();
            workers[worker] = owner;
        }

        return caller.Role != Role.Worker || owner == Self(caller) ? null : Refused(context, caller, $"The worker name '{worker}' is another token's. Give this worker another: VIVIT_WORKER.");
    }

    /// <summary>Whether the caller may speak of those attempts.</summary>
    /// <returns>Why not, for all of them; else those that were never granted, of which nothing may be stored.</returns>
    public async ValueTask<AttemptRights> Of(HttpContext context, Caller caller, IEnumerable<Held> named, CancellationToken cancellation)
    {
        if (caller.Role != Role.Worker) return default;

        List<Held>? unknown = null;
        foreach (var one in named)
        {
            if (!attempts.TryGetValue((one.Experiment.Value, one.Fence), out var owner)) (unknown ??= []).Add(one);
            else if (owner != Self(caller)) return new(NotYours(context, caller, one), null);
        }

        if (unknown is null) return default;
        if (attempts.Count >= MostKnown) attempts.Clear();
        foreach (var (attempt, owner) in await owners.OfAttempts(unknown, cancellation))
        {
            attempts[(attempt.Experiment.Value, attempt.Fence)] = owner;
            if (owner != Self(caller)) return new(NotYours(context, caller, attempt), null);
            unknown.RemoveAll(one => one == attempt);
        }

        return new(null, unknown.Count == 0 ? null : [.. unknown]);
    }

    private static WorkerOwner Self(Caller caller) => new(caller.Token, caller.Pool);

    private ProblemHttpResult NotYours(HttpContext context, Caller caller, Held attempt) =>
        Refused(context, caller, $"Experiment {attempt.Experiment} under fence {attempt.Fence} was not granted to a worker of the token '{caller.Token}'.");

    private ProblemHttpResult Refused(HttpContext context, Caller caller, string why)
    {
        refusals.Note(context, "pool", caller.By, "what is another pool's or worker's");
        return TypedResults.Problem(why, statusCode: StatusCodes.Status403Forbidden);
    }
}

/// <param name="Problem">Why the caller may not; null when it may.</param>
/// <param name="NeverGranted">Attempts that there are not; null when there are all.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct AttemptRights(ProblemHttpResult? Problem, HashSet<Held>? NeverGranted)
{
    public bool Exists(Held attempt) => NeverGranted is null || !NeverGranted.Contains(attempt);
}
