using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http.HttpResults;
using ViViT.Contracts.Experiments;
using ViViT.Contracts.Wire;
using ViViT.Grains;
using ViViT.Grains.Experiments;
using ViViT.Storage;

namespace ViViT.Silo.Api;

/// <summary>What trainers have to say. Metrics and checkpoints go straight to Storage, guarded by fence; only outcomes are decided by a grain.</summary>
internal static partial class ReportsApi
{
    private const int MostLines = 10_000;
    private const int LongestLine = 4_000;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost(Routes.MetricFlushes, Flush);
        routes.MapPost(Routes.Checkpoints, Commit);
        routes.MapPost(Routes.Outcomes, Outcome);
        routes.MapPost(Routes.Logs, Log);
    }

    private static async Task<Results<Ok<IReadOnlyList<ReportReply>>, ProblemHttpResult>> Flush(
        IReadOnlyList<MetricFlush> flushes, Metrics metrics, CancellationToken stop) =>
        MetricFlushCheck.Problem(flushes) is { } problem ? Problems.Invalid(problem) : TypedResults.Ok(await metrics.Flush(flushes, stop));

    private static async Task<Results<Ok<ReportReply>, ProblemHttpResult>> Commit(CheckpointCommit commit, Checkpoints checkpoints, HttpContext context, CancellationToken stop)
    {
        context.Features.Get<LogScope>()?.Add(commit.Experiment);
        var manifest = commit.Checkpoint;
        return Folder().IsMatch(manifest.Path) && Hash().IsMatch(manifest.Sha256) && manifest is { Step: >= 0, Bytes: >= 0 }
            ? TypedResults.Ok(await checkpoints.Commit(commit, stop))
            : Problems.Invalid("checkpoint.path is a folder below the checkpoint root (letters, digits and _.-, parted by /), sha256 has 64 hexadecimal digits, step and bytes count from 0.");
    }

    // No part begins with a dot, so none leads upwards.
    [GeneratedRegex(@"^(?=.{1,500}\z)[A-Za-z0-9_-][A-Za-z0-9_.-]*(/[A-Za-z0-9_-][A-Za-z0-9_.-]*)*\z")]
    private static partial Regex Folder();

    [GeneratedRegex(@"^[0-9a-f]{64}\z")]
    private static partial Regex Hash();

    private static async Task<Results<Ok<ReportReply>, ProblemHttpResult>> Outcome(OutcomeReport report, IGrainFactory grains, HttpContext context)
    {
        context.Features.Get<LogScope>()?.Add(report.Experiment);
        var failed = report.Outcome.Result == AttemptResult.Failed;
        if (failed != report.Outcome.Class.HasValue || report.Outcome.Class is FailureClass.Preempted or FailureClass.Cancelled || (failed && string.IsNullOrWhiteSpace(report.Outcome.Reason)))
        {
            return Problems.Invalid("outcome.class and outcome.reason tell whose fault a failure is, and why. Give both when the result is 'failed' (user, out_of_memory, numerical or infrastructure), and else no class.");
        }

        // Postgres stores every character but NUL, and what a dying process last said may hold one.
        var outcome = report.Outcome with { Reason = report.Outcome.Reason?.Replace("\0", "", StringComparison.Ordinal) };
        var experiment = grains.GetGrain<IExperimentGrain>(report.Experiment.Value);
        return TypedResults.Ok(await experiment.Report(new ExperimentEvent.AttemptEnded(report.Fence, outcome)));
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> Log(IReadOnlyList<LogBatch> batches, Logs logs, CancellationToken stop)
    {
        if (batches.Sum(batch => batch.Lines.Count) > MostLines || batches.SelectMany(batch => batch.Lines).Any(line => line.Seq < 0 || line.Text.Length > LongestLine))
        {
            return Problems.Invalid($"At most {MostLines} lines of at most {LongestLine} characters, numbered from 0, fit into one message. Send more of them.");
        }

        await logs.Store(batches, stop);
        return TypedResults.NoContent();
    }
}
