using System.Net;
using System.Text;
using ViViT.Contracts.Access;
using ViViT.Contracts.Wire;
using ViViT.Silo.Security;

namespace ViViT.Silo.Tests.Access;

/// <summary>How much, how large, under which name, from where.</summary>
public sealed class LimitsTests(RunningSilo running) : IClassFixture<RunningSilo>
{
    private readonly SiloProcess silo = running.Silo;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_token_has_its_own_rate_and_who_exceeds_it_is_told_when_to_come_again()
    {
        await using var database = await TestKit.PostgresServer.CreateEmptyDatabase();
        await using var slow = await SiloProcess.Start(database.ConnectionString, ("VIVIT_REQUESTS_PER_SECOND", "3"));
        var bot = await slow.Token(Role.Viewer);
        using var client = slow.As(bot.Secret);

        HttpResponseMessage refused;
        while ((refused = await client.GetAsync(Routes.Workers, Stop)).IsSuccessStatusCode)
        {
        }

        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.True(refused.Headers.RetryAfter!.Delta >= TimeSpan.FromSeconds(1));
        Assert.Contains("VIVIT_REQUESTS_PER_SECOND", (await SiloProcess.Problem(refused)).GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await slow.Anonymous.GetAsync(Routes.HealthLive, Stop)).StatusCode);
        for (var more = 0; more < 20; more++) await client.GetAsync(Routes.Workers, Stop);

        EventRow[] told;
        do
        {
            var answer = await slow.Client.GetAsync(Routes.Events + "?limit=1000", Stop); // another token: its own rate
            told = answer.IsSuccessStatusCode ? (await slow.Read<EventRow[]>(answer)).Where(one => one.Kind == "access_refused").ToArray() : [];
            await Task.Delay(400, Stop);
        }
        while (told.Length == 0);
        Assert.Equal($"token {bot.Token.Name}", Assert.Single(told).By);
    }

    [Fact]
    public async Task Strangers_are_held_back_by_address_and_that_is_told_once()
    {
        await using var own = await RunningSilo.Start();
        using var stranger = own.Silo.As("vivit_not-a-token");

        var answers = await Task.WhenAll(Enumerable.Range(0, 400).Select(_ => stranger.GetAsync("/v1/sweeps", Stop)));

        Assert.Contains(answers, answer => answer.StatusCode == HttpStatusCode.Unauthorized);
        var refused = answers.First(answer => answer.StatusCode == HttpStatusCode.TooManyRequests);
        Assert.NotNull(refused.Headers.RetryAfter);
        Assert.All(answers, answer => Assert.Contains(answer.StatusCode, new[] { HttpStatusCode.Unauthorized, HttpStatusCode.TooManyRequests }));
        Assert.Equal(HttpStatusCode.OK, (await own.Silo.Client.GetAsync(Routes.Sweeps, Stop)).StatusCode);
        EventRow[] told;
        while ((told = [.. (await own.Silo.Get<EventRow[]>(Routes.Events)).Where(one => one.Kind == "access_refused")]).Length == 0) await Task.Delay(100, Stop);
        Assert.StartsWith("address ", Assert.Single(told).By, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_is_as_large_as_its_route_needs()
    {
        foreach (var rule in AccessRules.All.Where(rule => rule.Method == "POST"))
        {
            var address = rule.Route.Replace("{id:long}", "999999999", StringComparison.Ordinal).Replace("{worker}", "nobody", StringComparison.Ordinal);
            using var request = new HttpRequestMessage(HttpMethod.Post, address) { Headers = { ExpectContinue = true } }; // it is refused before it is sent
            request.Content = new StringContent("[" + new string(' ', (int)rule.LargestBody) + "]", Encoding.UTF8, "application/json");

            using var response = await silo.Client.SendAsync(request, Stop);

            // A route that reads no body does not look at it.
            Assert.True(response.StatusCode is HttpStatusCode.RequestEntityTooLarge or HttpStatusCode.NotFound or HttpStatusCode.NoContent, $"{rule.Route}: {response.StatusCode}");
        }

        using var large = new StringContent("{" + new string(' ', 1 << 20) + "}", Encoding.UTF8, "application/json");
        Assert.Equal(HttpStatusCode.BadRequest, (await silo.Client.PostAsync(Routes.Sweeps, large, Stop)).StatusCode);
    }

    [Fact]
    public async Task Headers_are_limited_in_size_and_number()
    {
        using var large = new HttpRequestMessage(HttpMethod.Get, Routes.HealthLive) { Headers = { { "X-Large", new string('x', 20_000) } } };
        using var many = new HttpRequestMessage(HttpMethod.Get, Routes.HealthLive);
        for (var i = 0; i < 100; i++) many.Headers.Add($"X-Many-{i}", "x");

        Assert.Equal(HttpStatusCode.RequestHeaderFieldsTooLarge, (await silo.Client.SendAsync(large, Stop)).StatusCode);
        Assert.Equal(HttpStatusCode.RequestHeaderFieldsTooLarge, (await silo.Client.SendAsync(many, Stop)).StatusCode);
        Assert.Equal(HttpStatusCode.RequestUriTooLong, (await silo.Client.GetAsync("/v1/" + new string('x', 20_000), Stop)).StatusCode);
    }

    [Theory]
    [InlineData("evil.example", HttpStatusCode.MisdirectedRequest)]
    [InlineData("localhost.evil.example", HttpStatusCode.MisdirectedRequest)]
    [InlineData("192.168.1.1", HttpStatusCode.MisdirectedRequest)]
    [InlineData("127.0.0.1.nip.io", HttpStatusCode.MisdirectedRequest)]
    [InlineData("localhost", HttpStatusCode.OK)]
    [InlineData("127.0.0.1:81", HttpStatusCode.OK)]
    [InlineData("[::1]", HttpStatusCode.OK)]
    public async Task On_loopback_only_this_machines_names_are_answered(string host, HttpStatusCode expected)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Routes.Sweeps) { Headers = { Host = host } };

        Assert.Equal(expected, (await silo.Client.SendAsync(request, Stop)).StatusCode);
    }

    [Fact]
    public async Task A_name_that_the_operator_lists_is_answered()
    {
        await using var database = await TestKit.PostgresServer.CreateEmptyDatabase();
        await using var named = await SiloProcess.Start(database.ConnectionString, ("VIVIT_ALLOWED_HOSTS", "vivit.example, other.example"));

        foreach (var (host, expected) in new[] { ("vivit.example", HttpStatusCode.OK), ("Other.Example:443", HttpStatusCode.OK), ("evil.example", HttpStatusCode.MisdirectedRequest), ("127.0.0.1", HttpStatusCode.OK) })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, Routes.Sweeps) { Headers = { Host = host } };
            Assert.Equal(expected, (await named.Client.SendAsync(request, Stop)).StatusCode);
        }
    }

    [Fact]
    public async Task No_page_of_another_origin_may_read_and_no_cookie_is_set()
    {
        using var preflight = new HttpRequestMessage(HttpMethod.Options, Routes.Sweeps) { Headers = { { "Origin", "https://evil.example" }, { "Access-Control-Request-Method", "POST" }, { "Access-Control-Request-Headers", "authorization" } } };
        using var simple = new HttpRequestMessage(HttpMethod.Get, Routes.Sweeps) { Headers = { { "Origin", "https://evil.example" } } };

        foreach (var response in new[] { await silo.Client.SendAsync(preflight, Stop), await silo.Client.SendAsync(simple, Stop) })
        {
            Assert.DoesNotContain(response.Headers, header => header.Key.StartsWith("Access-Control", StringComparison.OrdinalIgnoreCase) || header.Key is "Set-Cookie" or "Server");
        }

        using var form = new FormUrlEncodedContent([new("name", "x")]);
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, (await silo.Client.PostAsync(Routes.Tokens, form, Stop)).StatusCode);
    }

    [Fact]
    public async Task What_is_missing_unknown_or_malformed_is_told_apart()
    {
        foreach (var (header, told) in new[] { ((string?)null, "carries no bearer token"), ("Bearer", "carries no bearer token"), ("Basic YTpi", "carries no bearer token"), ("Bearer " + TokenSecret.Fresh(), "no token that this control plane knows") })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, Routes.Sweeps);
            if (header is not null) request.Headers.TryAddWithoutValidation("Authorization", header);
            var response = await silo.Anonymous.SendAsync(request, Stop);
            Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
            Assert.Contains(told, (await SiloProcess.Problem(response)).GetProperty("detail").GetString(), StringComparison.Ordinal);
        }
    }
}
