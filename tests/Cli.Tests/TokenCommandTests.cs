using System.Runtime.Versioning;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using ViViT.Contracts;
using ViViT.Contracts.Access;
using ViViT.Contracts.Wire;

namespace ViViT.Cli.Tests;

/// <summary>Tokens from the command line, and what a server says of the one that it is shown.</summary>
public sealed class TokenCommandTests : IAsyncLifetime
{
    private FakeSilo silo = null!;
    private Vivit vivit = null!;

    public async ValueTask InitializeAsync()
    {
        silo = await FakeSilo.Start();
        vivit = silo.Client();
    }

    public async ValueTask DisposeAsync()
    {
        vivit.Dispose();
        await silo.DisposeAsync();
    }

    [Fact]
    public async Task A_fresh_token_is_all_of_stdout()
    {
        var made = await vivit.Run("token", "create", "ci-bot", "--role", "submitter", "--expires", "30d");

        Assert.Equal(new Vivit.Result(0, "vivit_fresh\n", "token ci-bot (5), submitter. It is not shown again.\n"), made);
        Assert.Equal([new TokenRequest("ci-bot", Role.Submitter, ExpiresSeconds: 30 * 86_400)], silo.TokensWanted);
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public async Task A_file_is_its_owners_alone_and_takes_the_place_of_one_that_was_there()
    {
        var file = vivit.Write("worker.token", "old and readable by all");
        File.SetUnixFileMode(file, (UnixFileMode)0b110_100_100);

        var made = await vivit.Run("token", "create", "gpus", "--role", "worker", "--pool", "a100", "--replace", "--out", file);

        Assert.Equal((0, "", $"token gpus (5), worker of pool a100, is in {file}\n"), (made.ExitCode, made.Output, made.Errors));
        Assert.Equal("vivit_fresh\n", await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        Assert.Equal([new TokenRequest("gpus", Role.Worker, "a100", Replace: true)], silo.TokensWanted);
        Assert.Equal(2, Directory.GetFiles(vivit.Folder).Length); // and the one of the client itself
    }

    [Fact]
    public async Task A_file_that_cannot_be_written_is_found_out_before_there_is_a_token()
    {
        var refused = await vivit.Run("token", "create", "ci-bot", "--role", "viewer", "--out", "/nowhere/token");

        Assert.Equal((1, ""), (refused.ExitCode, refused.Output));
        Assert.StartsWith("Cannot write beside /nowhere/token: ", refused.Errors, StringComparison.Ordinal);
        Assert.Empty(silo.Requests);
    }

    [Theory]
    [InlineData("'soon' is no span of time. Give a number with its unit: 90m, 12h, 30d, 8w.", "--role", "viewer", "--expires", "soon")]
    [InlineData("'30' is no span of time. Give a number with its unit: 90m, 12h, 30d, 8w.", "--role", "viewer", "--expires", "30")]
    [InlineData("A worker's token is of one pool (--pool P), that of another role of none.", "--role", "worker")]
    [InlineData("A worker's token is of one pool (--pool P), that of another role of none.", "--role", "viewer", "--pool", "p")]
    [InlineData("Argument 'owner' not recognized.", "--role", "owner")]
    [InlineData("Option '--role' is required.")]
    public async Task A_wish_that_makes_no_sense_is_told_before_anybody_is_asked(string problem, params string[] flags)
    {
        var refused = await vivit.Run(["token", "create", "ci-bot", .. flags]);

        Assert.Equal((2, ""), (refused.ExitCode, refused.Output));
        Assert.StartsWith(problem, refused.Errors, StringComparison.Ordinal);
        Assert.Empty(silo.Requests);
    }

    [Fact]
    public async Task The_list_shows_the_live_and_on_demand_all()
    {
        var live = new TokenRow(3, "ci-bot", Role.Submitter, null, FakeSilo.Began, "token admin", null, null, FakeSilo.Began.AddDays(1));
        silo.Tokens = [live, live with { Id = 2, Name = "gone", RevokedAt = FakeSilo.Began }, live with { Id = 1, Name = "old", Role = Role.Worker, Pool = "a100", ExpiresAt = FakeSilo.Began }];

        var some = await vivit.Run("token", "list");
        var all = await vivit.Run("token", "list", "--all");
        var json = await vivit.Run("token", "list", "-o", "json");

        Assert.Equal(2, some.Output.TrimEnd().Split('\n').Length);
        Assert.Contains("ci-bot", some.Output, StringComparison.Ordinal);
        Assert.Matches("gone .*revoked", all.Output);
        Assert.Matches("old .*worker .*a100 .*expired", all.Output);
        Assert.Equal([live], JsonSerializer.Deserialize<TokenRow[]>(json.Output, ContractsJson.Options)!);
    }

    [Fact]
    public async Task One_is_revoked_by_its_number()
    {
        Assert.Equal(new Vivit.Result(0, "", "token 3 is revoked\n"), await vivit.Run("token", "revoke", "3"));
        Assert.Equal(["POST /v1/tokens/3/revoke"], silo.Requests);
        Assert.Equal((2, "'x' is no number of a token. Find it: vivit token list\nSee: vivit token revoke --help\n"), await vivit.Run("token", "revoke", "x") is var wrong ? (wrong.ExitCode, wrong.Errors) : default);
    }

    [Theory]
    [InlineData(401, "does not accept the token. It was revoked.")]
    [InlineData(403, "It was revoked.")]
    public async Task What_the_server_says_of_the_token_is_told(int status, string told)
    {
        silo.Instead = (context, _) =>
        {
            FakeSilo.Refuse(context, status, "It was revoked.");
            return true;
        };

        var refused = await vivit.Run("sweep", "list");

        Assert.Equal((4, ""), (refused.ExitCode, refused.Output));
        Assert.EndsWith($"{told}\n", refused.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Asked_to_come_again_later_it_does()
    {
        silo.Instead = (context, count) =>
        {
            if (count > 2) return false;
            context.Response.Headers.RetryAfter = "1";
            FakeSilo.Refuse(context, StatusCodes.Status429TooManyRequests, "Too many requests with this token.");
            return true;
        };
        var began = TimeProvider.System.GetTimestamp();

        var listed = await vivit.Run("sweep", "list");

        Assert.Equal((0, 3), (listed.ExitCode, silo.Requests.Count));
        Assert.True(TimeProvider.System.GetElapsedTime(began) >= TimeSpan.FromSeconds(2));
    }

    [Fact]
    public async Task Events_name_who_wanted_what()
    {
        silo.Events =
        [
            new(1, FakeSilo.Began, "worker_draining", null, null, "w", "It gets no more leases.", "token ci-bot"),
            new(2, FakeSilo.Began, "sweep_paused", new(7), null, null, "Paused by token ada.", "token ada"),
            new(3, FakeSilo.Began, "experiment_granted", new(7), new(70), "w", "attempt 1"),
        ];

        var lines = (await vivit.Run("events")).Output.TrimEnd().Split('\n');

        Assert.EndsWith("on w  It gets no more leases. (by token ci-bot)", lines[0], StringComparison.Ordinal);
        Assert.EndsWith("Paused by token ada.", lines[1], StringComparison.Ordinal);
        Assert.EndsWith("attempt 1", lines[2], StringComparison.Ordinal);
    }
}
