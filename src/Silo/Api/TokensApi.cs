using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http.HttpResults;
using ViViT.Contracts.Access;
using ViViT.Contracts.Wire;
using ViViT.Silo.Security;
using ViViT.Storage;

namespace ViViT.Silo.Api;

internal static partial class TokensApi
{
    private const double LongestLife = 10 * 365.25 * 86_400;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(Routes.WhoAmI, (Caller caller) => new WhoAmI(caller.Token, caller.Role, caller.Pool));
        routes.MapGet(Routes.Tokens, (AccessTokens tokens, CancellationToken stop) => tokens.List(stop));
        routes.MapPost(Routes.Tokens, Create);
        routes.MapPost(Routes.TokenRevoke, async Task<Results<NoContent, ProblemHttpResult>> (long id, Caller caller, AccessTokens tokens, CancellationToken stop) =>
            await tokens.Revoke(id, caller.By, stop) ? TypedResults.NoContent() : Problems.NoToken(id));
    }

    private static async Task<Results<Ok<CreatedToken>, ProblemHttpResult>> Create(TokenRequest wanted, HttpContext context, Caller caller, AccessTokens tokens, CancellationToken stop)
    {
        if (Wrong(wanted) is { } problem) return Problems.Invalid(problem);
        var secret = TokenSecret.Fresh();
        if (await tokens.Create(wanted, TokenSecret.Hash(secret), caller.By, stop) is not { } created)
        {
            return Problems.Conflict(wanted.Replace
                ? $"There is a live token '{wanted.Name}' of another role or pool. Revoke it, or take another name."
                : $"There is a live token '{wanted.Name}'. Revoke it, take another name, or have it replaced: --replace.");
        }

        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Ok(new CreatedToken(created, secret));
    }

    private static string? Wrong(TokenRequest wanted) =>
        !Name().IsMatch(wanted.Name) || wanted.Name == Caller.BuiltIn ? $"name: give 1 to 100 letters, digits and ._-, and not '{Caller.BuiltIn}', which is the one in the silo's file."
        : !Enum.IsDefined(wanted.Role) ? $"role: give one of {string.Join(", ", Enum.GetNames<Role>()).ToLowerInvariant()}."
        : (wanted.Role == Role.Worker) != (wanted.Pool is not null) ? "pool: a worker's token is of one pool, that of another role of none."
        : wanted.Pool is { } pool && !WorkersApi.IsName(pool) ? $"pool: give 1 to {WorkersApi.LongestName} characters, no control characters."
        : wanted.ExpiresSeconds is not (null or (> 0 and <= LongestLife)) ? "expires_seconds: give seconds, of ten years at most, or nothing."
        : null;

    [GeneratedRegex(@"^[A-Za-z0-9._-]{1,100}\z")]
    private static partial Regex Name();
}
