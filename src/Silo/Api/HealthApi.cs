using ViViT.Contracts.Wire;

namespace ViViT.Silo.Api;

internal static class HealthApi
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(Routes.HealthLive, () => TypedResults.Text("live"));
        routes.MapGet(Routes.HealthReady, (IHostApplicationLifetime lifetime) =>
            lifetime.ApplicationStarted.IsCancellationRequested && !lifetime.ApplicationStopping.IsCancellationRequested // started includes: migrations applied
                ? TypedResults.Text("ready")
                : TypedResults.Text("not ready", statusCode: StatusCodes.Status503ServiceUnavailable));
    }
}
