using System.Net;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;
using ViViT.Contracts.Configuration;

namespace ViViT.Silo.Security;

/// <summary>Lets a request through to its route when its token's role is one that <see cref="AccessRules"/> names; all others get 401 or 403 and are told what is wrong.</summary>
internal sealed class AccessControl(RequestDelegate next, KnownTokens tokens, Refusals refusals, StrangerLimit strangers)
{
    private const int RetryAfterSeconds = 2;

    public async Task Invoke(HttpContext context)
    {
        var rule = AccessRules.Of(context.Request.Method, context.GetEndpoint());
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } body) body.MaxRequestBodySize = rule?.LargestBody ?? AccessRules.Small;
        if (rule is { NeedsNoToken: true })
        {
            await next(context);
            return;
        }

        var authorization = context.Request.Headers.Authorization.ToString();
        var verdict = tokens.Recognise(authorization);
        if (verdict.Problem != AccessProblem.None)
        {
            // Who has no token to be limited by is limited by address, before any of this costs the database something.
            if (!strangers.Admits(context.Connection.RemoteIpAddress))
            {
                await TooMany(context).ExecuteAsync(context);
                return;
            }

            if (verdict.Problem is AccessProblem.Unknown or AccessProblem.Unchecked) verdict = await tokens.Ask(authorization, context.RequestAborted);
        }

        if (verdict is not { Problem: AccessProblem.None, Caller: { } caller })
        {
            await Refused(context, verdict).ExecuteAsync(context);
            return;
        }

        context.Features.Set(caller);
        if (rule is not null && !rule.Allows(caller.Role))
        {
            refusals.Note(context, "role", caller.By, $"{rule.Method} {rule.Route} with the token of a {Name(caller)}");
            await TypedResults.Problem(
                $"The token '{caller.Token}' is a {Name(caller)}'s; this needs {rule.Roles}. Ask an administrator for one: vivit token create NAME --role {rule.Roles.Split(' ')[0]}",
                statusCode: StatusCodes.Status403Forbidden).ExecuteAsync(context);
            return;
        }

        await next(context);
    }

    private ProblemHttpResult TooMany(HttpContext context)
    {
        refusals.Note(context, "rate", From(context), "too many requests without a valid token");
        context.Response.Headers.RetryAfter = "1";
        return TypedResults.Problem("Too many requests without a valid token come from this address. Mend the token, and try again later.", statusCode: StatusCodes.Status429TooManyRequests);
    }

    private ProblemHttpResult Refused(HttpContext context, Verdict verdict)
    {
        if (verdict.Problem == AccessProblem.Unchecked)
        {
            context.Response.Headers.RetryAfter = $"{RetryAfterSeconds}";
            return TypedResults.Problem("The token cannot be checked, since the database is away. Nothing is lost; try again.", statusCode: StatusCodes.Status503ServiceUnavailable);
        }

        var (reason, what) = verdict.Problem switch
        {
            AccessProblem.NoToken => ("no_token", "The request carries no bearer token"),
            AccessProblem.Expired => ("expired", $"The token '{verdict.Caller!.Token}' has expired"),
            AccessProblem.Revoked => ("revoked", $"The token '{verdict.Caller!.Token}' was revoked"),
            _ => ("unknown", "The request carries no token that this control plane knows"),
        };
        refusals.Note(context, reason, verdict.Caller?.By ?? From(context), what);
        context.Response.Headers.WWWAuthenticate = "Bearer";
        return TypedResults.Problem($"{what}. Send a valid one: of the file that {Settings.TokenFile.Variable} names, or from an administrator (vivit token create).", statusCode: StatusCodes.Status401Unauthorized);
    }

    private static string Name(Caller caller) => caller.Role.ToString().ToLowerInvariant();

    private static string From(HttpContext context) => $"address {(context.Connection.RemoteIpAddress is { } address ? (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address) : IPAddress.None)}";
}
