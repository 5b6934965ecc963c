using ViViT.Contracts.Wire;
using ViViT.Silo.Configuration;

namespace ViViT.Silo.Telemetry;

/// <summary>
/// Answers what comes in at the management address: metrics and health to everybody, nothing else to anybody. It goes by the port that the connection
/// came in at, which no header can change.
/// </summary>
internal sealed class ManagementListener(RequestDelegate next, SiloOptions options)
{
    private static readonly string[] Served = [Routes.Metrics, Routes.HealthLive, Routes.HealthReady];

    public Task Invoke(HttpContext context)
    {
        if (options.Management.All(endpoint => endpoint.Port != context.Connection.LocalPort))
        {
            return next(context);
        }

        // Routing has chosen by now; what stands between here and the route is the API's.
        return HttpMethods.IsGet(context.Request.Method) && Served.Contains(context.Request.Path.Value) && context.GetEndpoint()?.RequestDelegate is { } serve
            ? serve(context)
            : TypedResults.Problem($"Here is nothing but {string.Join(", ", Served)}. The API is where VIVIT_LISTEN says.", statusCode: StatusCodes.Status404NotFound).ExecuteAsync(context);
    }
}
