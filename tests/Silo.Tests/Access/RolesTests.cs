using System.Net;
using System.Text;
using ViViT.Contracts.Access;
using ViViT.Contracts.Wire;
using ViViT.Silo.Security;

namespace ViViT.Silo.Tests.Access;

/// <summary>Each role at each route of a real silo.</summary>
public sealed class RolesTests(RunningSilo running) : IClassFixture<RunningSilo>
{
    public static TheoryData<Role> Roles => [.. Enum.GetValues<Role>()];

    [Theory]
    [MemberData(nameof(Roles))]
    public async Task A_role_opens_what_its_rules_say_and_nothing_else(Role role)
    {
        using var client = await running.Silo.As(role, role == Role.Worker ? "elsewhere" : null);
        var (opened, closed) = (0, 0);
        foreach (var rule in AccessRules.All)
        {
            using var response = await client.SendAsync(Request(rule), TestContext.Current.CancellationToken);

            var told = $"{rule.Method} {rule.Route}: {(int)response.StatusCode} {await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)}";
            Assert.True(response.StatusCode != HttpStatusCode.Unauthorized, told);
            if (rule.NeedsNoToken || rule.Allows(role))
            {
                Assert.True(response.StatusCode != HttpStatusCode.Forbidden && (int)response.StatusCode < 500, told);
                opened++;
            }
            else
            {
                Assert.True(response.StatusCode == HttpStatusCode.Forbidden, told);
                Assert.Contains($"needs {rule.Roles}", (await SiloProcess.Problem(response)).GetProperty("detail").GetString(), StringComparison.Ordinal);
                closed++;
            }
        }

        Assert.True(opened > 5 && (closed > 5 || role == Role.Admin), $"{opened} opened, {closed} closed");
    }

    [Theory]
    [MemberData(nameof(Roles))]
    public async Task A_token_is_told_whose_it_is(Role role)
    {
        using var client = await running.Silo.As(role, role == Role.Worker ? "elsewhere" : null);

        var me = await running.Silo.Read<WhoAmI>(await client.GetAsync(Routes.WhoAmI, TestContext.Current.CancellationToken));

        Assert.Equal((role, role == Role.Worker ? "elsewhere" : null), (me.Role, me.Pool));
        Assert.NotEmpty(me.Token);
    }

    [Theory]
    [InlineData("PUT", "/v1/sweeps")]
    [InlineData("DELETE", "/v1/tokens/1/revoke")]
    [InlineData("GET", "/v1/nowhere")]
    public async Task What_is_no_route_is_nobodys(string method, string route)
    {
        using var client = await running.Silo.As(Role.Viewer);

        using var anonymous = await running.Silo.Anonymous.SendAsync(new HttpRequestMessage(new(method), route), TestContext.Current.CancellationToken);
        using var known = await client.SendAsync(new HttpRequestMessage(new(method), route), TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.Unauthorized, anonymous.StatusCode);
        Assert.Contains(known.StatusCode, new[] { HttpStatusCode.NotFound, HttpStatusCode.MethodNotAllowed });
    }

    private static HttpRequestMessage Request(AccessRule rule)
    {
        var address = rule.Route.Replace("{id:long}", "999999999", StringComparison.Ordinal).Replace("{worker}", "nobody", StringComparison.Ordinal);
        var request = new HttpRequestMessage(new HttpMethod(rule.Method), address);
        if (rule.Method == "POST") request.Content = new StringContent("{}", Encoding.UTF8, "application/json");
        return request;
    }
}
