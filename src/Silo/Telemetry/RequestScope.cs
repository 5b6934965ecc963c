using System.Globalization;
using ViViT.Contracts;
using ViViT.Contracts.Wire;
using ViViT.Grains;

namespace ViViT.Silo.Telemetry;

/// <summary>Says in every line that is logged on a request which experiment, sweep or worker the request is about.</summary>
internal sealed class RequestScope(RequestDelegate next, ILogger<RequestScope> log)
{
    public async Task Invoke(HttpContext context)
    {
        var about = new LogScope().AddWorker(context.GetRouteValue("worker") as string);
        if (long.TryParse(context.GetRouteValue("id") as string, CultureInfo.InvariantCulture, out var id))
        {
            _ = context.Request.Path.StartsWithSegments(Routes.Sweeps) ? about.Add(new SweepId(id)) : about.Add(new ExperimentId(id));
        }

        context.Features.Set(about);
        using var scope = log.BeginScope(about);
        await next(context);
    }
}
