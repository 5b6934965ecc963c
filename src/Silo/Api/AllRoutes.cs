using ViViT.Contracts.Wire;

namespace ViViT.Silo.Api;

/// <summary>Everything that the silo serves.</summary>
internal static class AllRoutes
{
    public static void MapApi(this IEndpointRouteBuilder routes)
    {
        routes.MapPrometheusScrapingEndpoint(Routes.Metrics);
        HealthApi.Map(routes);
        SweepsApi.Map(routes);
        ExperimentsApi.Map(routes);
        WorkersApi.Map(routes);
        ReportsApi.Map(routes);
        EventsApi.Map(routes);
        TokensApi.Map(routes);
    }
}
