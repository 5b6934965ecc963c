using System.Text.Json;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http.HttpResults;
using ViViT.Storage;

namespace ViViT.Silo.Api;

/// <summary>Turns what a request ran into into a problem that says how to mend it. Stack traces stay in the log.</summary>
internal sealed partial class Faults(ILogger<Faults> log) : IExceptionHandler
{
    private const int RetryAfterSeconds = 2;

    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (httpContext.RequestAborted.IsCancellationRequested)
        {
            return true; // the client is gone, nobody reads an answer
        }

        await Problem(httpContext, exception).ExecuteAsync(httpContext);
        return true;
    }

    private ProblemHttpResult Problem(HttpContext context, Exception fault)
    {
        switch (fault)
        {
            case BadHttpRequestException bad:
                return TypedResults.Problem(bad.InnerException is JsonException json ? $"The body is not what this route takes: {json.Message}" : bad.Message, statusCode: bad.StatusCode);
            case TooManyMetricNamesException:
                Refused(context.Request.Method, context.Request.Path, fault.Message);
                return Problems.Invalid(fault.Message);
            case var _ when DatabaseFault.IsNulCharacter(fault):
                Refused(context.Request.Method, context.Request.Path, fault.Message);
                return Problems.Invalid("A text in the request holds the character NUL (U+0000), which cannot be stored. Leave it out.");
            case var _ when DatabaseFault.Away(fault) is { } cause:
                DatabaseAway(context.Request.Method, context.Request.Path, cause.Message);
                return Later(context, "The database is away. Nothing is lost; try again.");
            case TimeoutException or Orleans.Runtime.OrleansMessageRejectionException:
                NoAnswer(context.Request.Method, context.Request.Path, fault.Message);
                return Later(context, "The control plane could not answer in time. Nothing is lost; try again.");
            default:
                Failed(fault, context.Request.Method, context.Request.Path, context.TraceIdentifier);
                return TypedResults.Problem($"The control plane failed on this request. Its log tells more under {context.TraceIdentifier}.",
                    statusCode: StatusCodes.Status500InternalServerError);
        }
    }

    private static ProblemHttpResult Later(HttpContext context, string detail)
    {
        context.Response.Headers.RetryAfter = $"{RetryAfterSeconds}";
        return TypedResults.Problem(detail, statusCode: StatusCodes.Status503ServiceUnavailable);
    }
}
