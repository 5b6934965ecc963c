using System.Globalization;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.AspNetCore.RateLimiting;
using ViViT.Contracts.Wire;

namespace ViViT.Silo.Security;

/// <summary>How much one token may ask of the silo, and how long a request may take.</summary>
internal static class RequestLimits
{
    private const int SubmissionsAtOnce = 4;
    private const int SubmissionsWaiting = 64;

    // Longer than any wait that a request may ask for, and than a grain may take.
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(100);

    /// <summary>Of a submission, which may be of a hundred thousand experiments.</summary>
    public static readonly TimeSpan LongestSubmission = TimeSpan.FromMinutes(5);

    public static IServiceCollection AddRequestLimits(this IServiceCollection services, int requestsPerSecond) => services
        .AddRequestTimeouts(timeouts => timeouts.DefaultPolicy = new RequestTimeoutPolicy { Timeout = Longest, TimeoutStatusCode = StatusCodes.Status504GatewayTimeout })
        .AddRateLimiter(limits =>
        {
            limits.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
            limits.GlobalLimiter = PartitionedRateLimiter.CreateChained(OfTokens(requestsPerSecond), Submissions());
            limits.OnRejected = Refuse;
        });

    private static PartitionedRateLimiter<HttpContext> OfTokens(int perSecond) => PartitionedRateLimiter.Create<HttpContext, string>(context =>
        Caller.Of(context) is { } caller ? RateLimitPartition.GetTokenBucketLimiter(caller.Token, _ => Bucket(perSecond)) : RateLimitPartition.GetNoLimiter(""));

    // A second's worth may come at once.
    private static TokenBucketRateLimiterOptions Bucket(int perSecond)
    {
        var ticks = (int)(TimeSpan.FromSeconds(1) / Tick);
        return perSecond >= ticks
            ? new() { TokenLimit = perSecond, TokensPerPeriod = perSecond / ticks, ReplenishmentPeriod = Tick, AutoReplenishment = true, QueueLimit = 0 }
            : new() { TokenLimit = perSecond, TokensPerPeriod = perSecond, ReplenishmentPeriod = TimeSpan.FromSeconds(1), AutoReplenishment = true, QueueLimit = 0 };
    }

    private static PartitionedRateLimiter<HttpContext> Submissions() => PartitionedRateLimiter.Create<HttpContext, string>(context =>
        AccessRules.Of(context.Request.Method, context.GetEndpoint()) is { Method: "POST", Route: Routes.Sweeps }
            ? RateLimitPartition.GetConcurrencyLimiter(Routes.Sweeps, _ => new() { PermitLimit = SubmissionsAtOnce, QueueLimit = SubmissionsWaiting })
            : RateLimitPartition.GetNoLimiter(""));

    private static async ValueTask Refuse(OnRejectedContext rejected, CancellationToken cancellation)
    {
        var context = rejected.HttpContext;
        var wait = rejected.Lease.TryGetMetadata(MetadataName.RetryAfter, out var after) ? Math.Max(1, Math.Ceiling(after.TotalSeconds)) : 1;
        context.Response.Headers.RetryAfter = wait.ToString(CultureInfo.InvariantCulture);
        context.RequestServices.GetRequiredService<Refusals>().Note(context, "rate", Caller.Of(context)?.By ?? "nobody", "more requests than one token may make");
        await TypedResults.Problem($"Too many requests with this token. Try again in {wait} s; VIVIT_REQUESTS_PER_SECOND of the silo sets the limit.", statusCode: StatusCodes.Status429TooManyRequests).ExecuteAsync(context);
    }
}
