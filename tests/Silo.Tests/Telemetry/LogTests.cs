using System.Globalization;
using System.Text.Json;
using Npgsql;
using ViViT.Contracts.Experiments;
using ViViT.Contracts.Wire;
using ViViT.TestKit;

namespace ViViT.Silo.Tests.Telemetry;

/// <summary>The log for programs, and what no log holds.</summary>
public sealed class LogTests
{
    private const string Password = "never-to-be-seen-in-a-log";

    [Fact]
    public async Task Every_line_is_an_object_that_tells_when_what_and_on_which_experiment()
    {
        var server = await PostgresServer.StartOwn();
        await using var logging = await MeteredSilo.On(await server.NewDatabase(), ("VIVIT_LOG_FORMAT", "json"));
        var sweep = await logging.Submit("local", experiments: 1);
        var lease = await logging.Lease("local");
        server.Stop();
        await logging.Silo.Send(Routes.Outcomes, new OutcomeReport(lease.Id, lease.Fence, new(AttemptResult.Succeeded)));
        await logging.Silo.Client.GetAsync(Routes.Fill(Routes.Experiment, lease.Id), TestContext.Current.CancellationToken);
        server.Restart();

        var lines = logging.Silo.Log.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement).ToList();

        Assert.All(lines, line =>
        {
            Assert.EndsWith("Z", line.GetProperty("Timestamp").GetString(), StringComparison.Ordinal);
            Assert.True(DateTimeOffset.TryParse(line.GetProperty("Timestamp").GetString(), CultureInfo.InvariantCulture, out _));
            Assert.NotEmpty(line.GetProperty("LogLevel").GetString()!);
            Assert.NotEmpty(line.GetProperty("Message").GetString()!);
        });
        var granted = Assert.Single(lines, line => line.GetProperty("Message").GetString()!.Contains("leased to", StringComparison.Ordinal));
        Assert.Equal(($"{lease.Id}", "1", $"{sweep.Id}", MeteredSilo.Worker), (Scope(granted, "experiment"), Scope(granted, "attempt"), Scope(granted, "sweep"), Scope(granted, "worker")));
        var away = lines.Where(line => line.GetProperty("Message").GetString()!.Contains("the database is away", StringComparison.Ordinal)).ToList();
        Assert.Equal(2, away.Count);
        Assert.All(away, line => Assert.Equal(($"{lease.Id}", 32), (Scope(line, "experiment"), Scope(line, "TraceId")?.Length)));
    }

    [Theory]
    [InlineData("text")]
    [InlineData("json")]
    public async Task No_log_holds_a_token_or_the_password_of_the_database(string format)
    {
        await using var database = await PostgresServer.CreateEmptyDatabase();
        var connection = new NpgsqlConnectionStringBuilder(database.ConnectionString) { Password = Password }.ConnectionString;
        await using var silo = await SiloProcess.Start(connection, ("VIVIT_LOG_FORMAT", format));
        await silo.Client.GetAsync(Routes.Sweeps, TestContext.Current.CancellationToken);
        await silo.SendText(Routes.Sweeps, "{");
        await silo.Anonymous.GetAsync(Routes.Sweeps, TestContext.Current.CancellationToken);
        await using var refused = SiloProcess.Launch(new NpgsqlConnectionStringBuilder(connection) { Database = "no-such-database" }.ConnectionString, ("VIVIT_LOG_FORMAT", format), ("VIVIT_POSTGRES_PATIENCE_SECONDS", "1"));

        Assert.Equal(1, await refused.ExitCode());
        Assert.NotEmpty(refused.Log);
        Assert.Contains("Serving", silo.Log, StringComparison.Ordinal);
        var token = silo.Client.DefaultRequestHeaders.Authorization!.Parameter!;
        Assert.All((string[])[silo.Log, refused.Log], log =>
        {
            Assert.DoesNotContain(Password, log, StringComparison.Ordinal);
            Assert.DoesNotContain(token, log, StringComparison.Ordinal);
        });
    }

    private static string? Scope(JsonElement line, string name) => line.GetProperty("Scopes").EnumerateArray()
        .Where(scope => scope.ValueKind == JsonValueKind.Object && scope.TryGetProperty(name, out _)).Select(scope => scope.GetProperty(name).ToString()).LastOrDefault();
}
