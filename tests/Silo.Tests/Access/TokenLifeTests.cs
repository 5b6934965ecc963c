using System.Net;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using ViViT.Contracts;
using ViViT.Contracts.Access;
using ViViT.Contracts.Wire;
using ViViT.Silo.Security;
using ViViT.Storage;
using ViViT.TestKit;

namespace ViViT.Silo.Tests.Access;

/// <summary>From creation to revocation.</summary>
public sealed class TokenLifeTests(RunningSilo running) : IClassFixture<RunningSilo>
{
    private readonly SiloProcess silo = running.Silo;
    private readonly string name = $"bot-{Guid.NewGuid():n}";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_token_is_told_once_works_at_once_and_stops_when_it_is_revoked()
    {
        var response = await silo.Send(Routes.Tokens, new TokenRequest(name, Role.Viewer));
        var made = await silo.Read<CreatedToken>(response);
        using var client = silo.As(made.Secret);

        Assert.True(response.Headers.CacheControl!.NoStore);
        Assert.Matches("^vivit_[A-Za-z0-9_-]{43}$", made.Secret);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync(Routes.Sweeps, Stop)).StatusCode);
        var listed = Assert.Single(await silo.Get<TokenRow[]>(Routes.Tokens), token => token.Name == name);
        Assert.Equal((Role.Viewer, null, "token admin", null), (listed.Role, listed.Pool, listed.CreatedBy, listed.RevokedAt));
        Assert.DoesNotContain(made.Secret, await silo.Client.GetStringAsync(Routes.Tokens, Stop), StringComparison.Ordinal);

        Assert.Equal(HttpStatusCode.NoContent, (await silo.Send(Routes.Fill(Routes.TokenRevoke, made.Token.Id), new { })).StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, (await silo.Send(Routes.Fill(Routes.TokenRevoke, made.Token.Id), new { })).StatusCode);

        Assert.Contains($"The token '{name}' was revoked", await UntilRefused(client), StringComparison.Ordinal);
        var events = await silo.Events("limit=1000", all => all.Any(one => one.Kind == "token_revoked" && one.Text.Contains(name, StringComparison.Ordinal)));
        Assert.Single(events, one => one is { Kind: "token_created", By: "token admin" } && one.Text.Contains(name, StringComparison.Ordinal));
        Assert.Single(events, one => one is { Kind: "token_revoked", By: "token admin" } && one.Text.Contains(name, StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.OK, (await silo.Client.GetAsync(Routes.Tokens, Stop)).StatusCode);
    }

    [Fact]
    public async Task An_expired_token_opens_nothing_and_its_name_is_free()
    {
        var made = await silo.Post<CreatedToken>(Routes.Tokens, new TokenRequest(name, Role.Viewer, ExpiresSeconds: 0.001));

        Assert.Contains($"The token '{name}' has expired", await UntilRefused(silo.As(made.Secret)), StringComparison.Ordinal);
        await silo.Post<CreatedToken>(Routes.Tokens, new TokenRequest(name, Role.Viewer));
    }

    [Fact]
    public async Task Names_are_unique_among_the_live()
    {
        var first = await silo.Post<CreatedToken>(Routes.Tokens, new TokenRequest(name, Role.Viewer));

        var taken = await silo.Send(Routes.Tokens, new TokenRequest(name, Role.Admin));
        var another = await silo.Send(Routes.Tokens, new TokenRequest(name, Role.Admin, Replace: true));
        var second = await silo.Post<CreatedToken>(Routes.Tokens, new TokenRequest(name, Role.Viewer, Replace: true));

        Assert.Equal([HttpStatusCode.Conflict, HttpStatusCode.Conflict], [taken.StatusCode, another.StatusCode]);
        Assert.Equal(HttpStatusCode.OK, (await silo.As(first.Secret).GetAsync(Routes.Sweeps, Stop)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await silo.As(second.Secret).GetAsync(Routes.Sweeps, Stop)).StatusCode);
        var replaced = (await silo.Get<TokenRow[]>(Routes.Tokens)).Single(token => token.Id == first.Token.Id);
        Assert.InRange(replaced.ExpiresAt!.Value - second.Token.CreatedAt, TimeSpan.Zero, AccessTokens.Overlap);
    }

    [Theory]
    [InlineData("""{"name":"admin","role":"viewer"}""", "name:")]
    [InlineData("""{"name":"../x","role":"viewer"}""", "name:")]
    [InlineData("""{"name":"","role":"viewer"}""", "name:")]
    [InlineData("""{"name":"a b","role":"viewer"}""", "name:")]
    [InlineData("""{"name":"a\u0000","role":"viewer"}""", "name:")]
    [InlineData("""{"name":"аdmin","role":"viewer"}""", "name:")]
    [InlineData("""{"name":"w","role":"worker"}""", "pool:")]
    [InlineData("""{"name":"v","role":"viewer","pool":"a"}""", "pool:")]
    [InlineData("""{"name":"w","role":"worker","pool":"a\u0000"}""", "pool:")]
    [InlineData("""{"name":"v","role":"viewer","expires_seconds":-1}""", "expires_seconds:")]
    [InlineData("""{"name":"v","role":"viewer","expires_seconds":1e300}""", "expires_seconds:")]
    [InlineData("""{"name":"v","role":"owner"}""", "role")]
    [InlineData("""{"name":"v","role":7}""", "role")]
    public async Task A_wish_that_makes_no_sense_is_refused(string body, string problem)
    {
        var response = await silo.SendText(Routes.Tokens, body);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains(problem, (await SiloProcess.Problem(response)).GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_column_of_the_database_and_no_line_of_the_log_holds_a_token()
    {
        var made = await silo.Post<CreatedToken>(Routes.Tokens, new TokenRequest(name, Role.Worker, "secrets"));
        using var client = silo.As(made.Secret);
        var request = new LeaseRequest("secrets", "0", "cpu", "cpu/test", MaxGroup: 1, WaitSeconds: 0);
        Assert.Equal(HttpStatusCode.NoContent, (await client.PostAsync(Routes.Fill(Routes.WorkerLease, name), JsonBody(request), Stop)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await client.GetAsync(Routes.Sweeps, Stop)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await silo.Client.GetAsync("/v1/" + made.Secret, Stop)).StatusCode);
        await silo.Send(Routes.Fill(Routes.TokenRevoke, made.Token.Id), new { });
        await UntilRefused(client);
        var builtIn = (await File.ReadAllTextAsync(silo.TokenFile, Stop)).Trim();

        var columns = await Rows("select table_name || '.' || column_name from information_schema.columns where table_schema = 'public'");
        Assert.Contains("access_token.sha256", columns);
        var dump = string.Join('\n', await Rows("""
            select table_name || ': ' || coalesce((xpath('//row', query_to_xml(format('select t::text as row from %I t', table_name), false, false, '')))::text, '')
            from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'
            """));
        Assert.Contains(name, dump, StringComparison.Ordinal);
        Assert.Contains(Convert.ToHexStringLower(TokenSecret.Hash(made.Secret)), dump, StringComparison.Ordinal); // it does find what is there
        foreach (var secret in (string[])[made.Secret, made.Secret[6..], builtIn, Convert.ToHexStringLower(System.Text.Encoding.UTF8.GetBytes(made.Secret))])
        {
            Assert.DoesNotContain(secret, dump, StringComparison.Ordinal);
            Assert.DoesNotContain(secret, silo.Log, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task While_the_database_is_away_known_tokens_work_for_an_hour_and_the_built_in_one_for_good()
    {
        var folder = Directory.CreateTempSubdirectory("vivit-token-").FullName;
        try
        {
            var file = Path.Combine(folder, "token");
            var time = new Clock();
            var database = await PostgresServer.CreateDatabase();
            await using var source = NpgsqlDataSource.Create(database.ConnectionString);
            var secret = TokenSecret.Fresh();
            Assert.NotNull(await new AccessTokens(source).Create(new("known", Role.Viewer), TokenSecret.Hash(secret), "token admin", Stop));
            using var tokens = new KnownTokens(BearerToken.FromFile(file), new AccessTokens(source), time, NullLogger<KnownTokens>.Instance);
            Assert.Equal(AccessProblem.Unchecked, tokens.Recognise($"Bearer {secret}").Problem);
            Assert.Equal(new Verdict(new Caller("known", Role.Viewer, null), AccessProblem.None), await tokens.Ask($"Bearer {secret}", Stop));
            Assert.Equal(AccessProblem.Unknown, (await tokens.Ask($"Bearer {TokenSecret.Fresh()}", Stop)).Problem);

            await database.DisposeAsync();

            Assert.Equal(AccessProblem.Unchecked, (await tokens.Ask($"Bearer {TokenSecret.Fresh()}", Stop)).Problem);
            time.Ahead = TimeSpan.FromMinutes(59);
            Assert.Equal(AccessProblem.None, tokens.Recognise($"Bearer {secret}").Problem);
            time.Ahead = TimeSpan.FromMinutes(61);
            Assert.Equal(AccessProblem.Unchecked, (await tokens.Ask($"Bearer {secret}", Stop)).Problem);
            Assert.Equal(Caller.Administrator, tokens.Recognise($"Bearer {(await File.ReadAllTextAsync(file, Stop)).Trim()}").Caller);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task A_new_administrators_token_is_taken_up_without_a_restart_and_an_unusable_one_is_not()
    {
        await using var own = await RunningSilo.Start();
        var first = (await File.ReadAllTextAsync(own.Silo.TokenFile, Stop)).Trim();
        await File.WriteAllTextAsync(own.Silo.TokenFile, "short", Stop);
        await Until(() => Task.FromResult(own.Silo.Log.Contains("stays as it was", StringComparison.Ordinal)));
        Assert.Equal(HttpStatusCode.OK, (await own.Silo.Client.GetAsync(Routes.Sweeps, Stop)).StatusCode);

        var second = TokenSecret.Fresh();
        await File.WriteAllTextAsync(own.Silo.TokenFile, second, Stop);

        using var client = own.Silo.As(second);
        await Until(async () => (await client.GetAsync(Routes.Sweeps, Stop)).StatusCode == HttpStatusCode.OK);
        Assert.Equal(HttpStatusCode.Unauthorized, (await own.Silo.Client.GetAsync(Routes.Sweeps, Stop)).StatusCode);
        Assert.DoesNotContain(first, own.Silo.Log, StringComparison.Ordinal);
        Assert.DoesNotContain(second, own.Silo.Log, StringComparison.Ordinal);
    }

    private static StringContent JsonBody(object body) => new(JsonSerializer.Serialize(body, ContractsJson.Options), System.Text.Encoding.UTF8, "application/json");

    private static async Task Until(Func<Task<bool>> happened)
    {
        for (var tries = 0; !await happened(); tries++)
        {
            Assert.True(tries < 600, "It did not happen.");
            await Task.Delay(100, Stop);
        }
    }

    // What the refusal says.
    private static async Task<string> UntilRefused(HttpClient client)
    {
        for (var tries = 0; ; tries++)
        {
            var response = await client.GetAsync(Routes.Sweeps, Stop);
            if (response.StatusCode == HttpStatusCode.Unauthorized) return (await SiloProcess.Problem(response)).GetProperty("detail").GetString()!;
            Assert.True(tries < 600, "It is still taken.");
            await Task.Delay(100, Stop);
        }
    }

    private async Task<List<string>> Rows(string sql)
    {
        await using var command = running.Database.Source.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync(Stop);
        var rows = new List<string>();
        while (await reader.ReadAsync(Stop)) rows.Add(reader.GetString(0));
        return rows;
    }

    private sealed class Clock : TimeProvider
    {
        public TimeSpan Ahead { get; set; }

        public override long GetTimestamp() => System.GetTimestamp() + (long)(Ahead.TotalSeconds * System.TimestampFrequency);

        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + Ahead;
    }
}
