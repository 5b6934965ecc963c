using ViViT.Contracts.Wire;

namespace ViViT.Silo.Security;

/// <summary>Lets requests with the bearer token through; all others get 401. The health routes are open, they tell nothing.</summary>
internal sealed class TokenRequired(RequestDelegate next, BearerToken token)
{
    public Task Invoke(HttpContext context)
    {
        if (context.Request.Path.Value is Routes.HealthLive or Routes.HealthReady || token.IsIn(context.Request.Headers.Authorization))
        {
            return next(context);
        }

        context.Response.Headers.WWWAuthenticate = "Bearer";
        return TypedResults.Problem("The request carries no valid bearer token. Send the one in the file that VIVIT_TOKEN_FILE names.",
            statusCode: StatusCodes.Status401Unauthorized).ExecuteAsync(context);
    }
}
