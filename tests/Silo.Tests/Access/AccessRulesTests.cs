using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.DependencyInjection;
using Orleans;
using ViViT.Contracts.Access;
using ViViT.Contracts.Wire;
using ViViT.Silo.Api;
using ViViT.Silo.Security;
using ViViT.Silo.Telemetry;
using ViViT.Storage;

namespace ViViT.Silo.Tests.Access;

/// <summary>The table of who may do what against the routes that there are.</summary>
public sealed class AccessRulesTests
{
    [Fact]
    public async Task Every_route_has_a_rule_and_every_rule_a_route()
    {
        await using var app = Mapped();

        AccessRules.Check(app);

        var mapped = Endpoints(app).SelectMany(endpoint => (endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["GET"]).Select(method => (method, endpoint.RoutePattern.RawText!))).ToHashSet();
        Assert.True(mapped.Count > 30);
        Assert.Equal(AccessRules.All.Select(rule => (rule.Method, rule.Route)).Order(), mapped.Order());
    }

    [Fact]
    public async Task A_route_without_a_rule_keeps_the_silo_from_starting()
    {
        await using var app = Mapped();
        app.MapPost("/v1/forgotten", () => "open to all");

        var refused = Assert.Throws<InvalidOperationException>(() => AccessRules.Check(app));

        Assert.Contains("POST /v1/forgotten", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_route_of_the_protocol_is_in_the_table()
    {
        var routes = typeof(Routes).GetFields().Where(field => field.IsLiteral).Select(field => (string)field.GetRawConstantValue()!).Where(value => value.StartsWith('/')).ToList();

        Assert.True(routes.Count > 25);
        Assert.Empty(routes.Except(AccessRules.All.Select(rule => rule.Route)));
    }

    [Fact]
    public void Only_health_is_open_and_nothing_but_who_it_is_and_the_worker_protocol_is_a_workers()
    {
        Assert.Equal([Routes.HealthLive, Routes.HealthReady], AccessRules.All.Where(rule => rule.NeedsNoToken).Select(rule => rule.Route));
        Assert.Equal(
            [Routes.WhoAmI, Routes.WorkerLease, Routes.WorkerHeartbeat, Routes.GroupSizes, Routes.MetricFlushes, Routes.Checkpoints, Routes.Outcomes, Routes.Logs],
            AccessRules.All.Where(rule => rule.Allows(Role.Worker)).Select(rule => rule.Route));
    }

    [Fact]
    public void A_viewer_changes_nothing_and_an_administrator_may_do_everything()
    {
        Assert.All(AccessRules.All.Where(rule => rule.Allows(Role.Viewer)), rule => Assert.Equal("GET", rule.Method));
        Assert.All(AccessRules.All.Where(rule => !rule.NeedsNoToken), rule => Assert.True(rule.Allows(Role.Admin), rule.Route));
        Assert.All(AccessRules.All.Where(rule => rule.Allows(Role.Viewer)), rule => Assert.True(rule.Allows(Role.Submitter), rule.Route));
    }

    [Fact]
    public void An_endpoint_that_no_table_knows_has_no_rule()
    {
        var stranger = new RouteEndpoint(_ => Task.CompletedTask, RoutePatternFactory.Parse("/v1/sweeps/{id}"), order: 0, metadata: null, displayName: null);

        Assert.Null(AccessRules.Of("GET", stranger));
        Assert.Null(AccessRules.Of("GET", endpoint: null));
    }

    private static WebApplication Mapped()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Services.AddStorage("Host=/nowhere");
        builder.Services.AddSiloTelemetry(_ => null);
        builder.Services.AddSingleton<IGrainFactory>(_ => throw new InvalidOperationException("Nothing is called here."));
        builder.Services.AddSingleton<LongPoll>().AddSingleton<Explainer>().AddSingleton<WorkerRights>().AddSingleton<Refusals>();
        var app = builder.Build();
        app.MapApi();
        return app;
    }

    private static IEnumerable<RouteEndpoint> Endpoints(IEndpointRouteBuilder app) => app.DataSources.SelectMany(source => source.Endpoints).OfType<RouteEndpoint>();
}
