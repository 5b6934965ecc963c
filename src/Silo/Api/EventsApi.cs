using Microsoft.AspNetCore.Mvc;
using ViViT.Contracts;
using ViViT.Contracts.Wire;
using ViViT.Storage;

namespace ViViT.Silo.Api;

internal static class EventsApi
{
    private const int MostEvents = 10_000;
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(250);

    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet(Routes.Events, List);

    private static async Task<IReadOnlyList<EventRow>> List(
        long? after, long? sweep, long? experiment, int? limit, [FromQuery(Name = "wait_seconds")] double? waitSeconds, Events events, IHostApplicationLifetime lifetime, TimeProvider time, CancellationToken clientGone)
    {
        var started = time.GetTimestamp();
        var wait = TimeSpan.FromSeconds(waitSeconds is { } seconds && double.IsFinite(seconds) ? Math.Clamp(seconds, 0, LongestWait.TotalSeconds) : 0);
        while (true)
        {
            var found = await events.List(
                sweep is { } sweepId ? new SweepId(sweepId) : null, experiment is { } experimentId ? new ExperimentId(experimentId) : null, after, Math.Clamp(limit ?? 100, 1, MostEvents), clientGone);
            if (found.Count > 0 || time.GetElapsedTime(started) >= wait || lifetime.ApplicationStopping.IsCancellationRequested)
            {
                return found;
            }

            await Task.Delay(LookEvery, time, clientGone);
        }
    }
}
