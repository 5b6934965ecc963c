using System.Net;
using ViViT.Contracts.Configuration;
using ViViT.Contracts.Wire;

namespace ViViT.Silo.Tests.Telemetry;

/// <summary>What is open at the management address, and what is not.</summary>
public sealed class ManagementListenerTests(MeteredSilo metered) : IClassFixture<MeteredSilo>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Routes.Metrics, "vivit_build_info")]
    [InlineData(Routes.HealthLive, "live")]
    [InlineData(Routes.HealthReady, "ready")]
    public async Task Metrics_and_health_need_no_token_there(string route, string content)
    {
        using var answer = await metered.Management.GetAsync(route, Stop);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Contains(content, await answer.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET", Routes.Sweeps)]
    [InlineData("POST", Routes.Sweeps)]
    [InlineData("GET", Routes.Workers)]
    [InlineData("POST", Routes.Outcomes)]
    [InlineData("POST", Routes.Metrics)]
    [InlineData("GET", Routes.Metrics + "/")]
    [InlineData("GET", "/")]
    public async Task Nothing_else_is_there_even_for_who_has_the_token(string method, string route)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), route);
        request.Headers.Authorization = metered.Silo.Client.DefaultRequestHeaders.Authorization;
        request.Headers.Host = metered.Silo.Client.BaseAddress!.Authority; // who asks may call the server as he likes

        using var answer = await metered.Management.SendAsync(request, Stop);

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Contains("VIVIT_LISTEN", (await SiloProcess.Problem(answer)).GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_the_API_is_metrics_need_a_token_and_health_does_not()
    {
        using var stranger = new HttpRequestMessage(HttpMethod.Get, Routes.Metrics);
        stranger.Headers.Host = metered.Management.BaseAddress!.Authority;

        Assert.Equal(HttpStatusCode.Unauthorized, (await metered.Silo.Anonymous.SendAsync(stranger, Stop)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await metered.Silo.Anonymous.GetAsync(Routes.HealthReady, Stop)).StatusCode);
        Assert.Contains("vivit_build_info", await metered.Silo.Client.GetStringAsync(Routes.Metrics, Stop), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://127.0.0.1:9464", "asks for TLS")]
    [InlineData("http://0.0.0.0:5860", "has the port of VIVIT_LISTEN")]
    [InlineData("9464", "Give scheme, address and port")]
    public void An_address_that_cannot_be_used_is_told(string management, string problem)
    {
        var refused = Assert.Throws<SettingException>(() => SiloOptionsTests.Read(("VIVIT_MANAGEMENT", management)));

        Assert.StartsWith("VIVIT_MANAGEMENT ", refused.Message, StringComparison.Ordinal);
        Assert.Contains(problem, refused.Message, StringComparison.Ordinal);
        Assert.Contains("http://127.0.0.1:9464", refused.Message, StringComparison.Ordinal);
    }
}
