using Microsoft.Extensions.Logging.Abstractions;
using ViViT.Contracts.Configuration;
using ViViT.Worker.Agent;
using ViViT.Worker.Telemetry;
using ViViT.Worker.Tests.Support;

namespace ViViT.Worker.Tests.Agent;

public sealed class ControlPlaneClientTests
{
    [Fact]
    public async Task A_token_that_was_replaced_is_read_again_when_the_server_refuses_the_old_one()
    {
        using var folder = new TestFolder();
        await using var silo = await FakeSilo.Start();
        using var http = ControlPlaneClient.Connect(silo.Address);
        await File.WriteAllTextAsync(folder["token"], "old", TestContext.Current.CancellationToken);
        var token = new BearerToken(folder["token"]);
        token.TryRead();
        var client = new ControlPlaneClient(http, "test-0001", token);
        await File.WriteAllTextAsync(folder["token"], silo.Token + "\n", TestContext.Current.CancellationToken);

        var refused = await Assert.ThrowsAsync<ServerUnreachableException>(() => Beat());
        await Beat();

        Assert.Contains($"401 (the token of {folder["token"]} is not the server's)", refused.Message, StringComparison.Ordinal);

        Task Beat() => client.Heartbeat(new("local", "host", [], "cpu", "1", []), TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_unreachable()
    {
        using var http = ControlPlaneClient.Connect(new Uri("http://127.0.0.1:1"));

        var unreachable = await Assert.ThrowsAsync<ServerUnreachableException>(() =>
            new ControlPlaneClient(http, "test-0001", new BearerToken("/nowhere")).Lease(new("local", "slot-0", "cpu", "cpu/test", 1, 1), TestContext.Current.CancellationToken));

        Assert.StartsWith("POST /v1/workers/test-0001/lease: ", unreachable.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_file_that_appears_late_is_waited_for_and_one_that_never_does_is_named()
    {
        using var folder = new TestFolder();
        var token = new BearerToken(folder["token"]);
        var waiting = token.WaitFor(TimeSpan.FromSeconds(30), TimeProvider.System, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(folder["token"], "late\n", TestContext.Current.CancellationToken);
        await waiting;

        var absent = await Assert.ThrowsAsync<SettingException>(() =>
            new BearerToken(folder["other"]).WaitFor(TimeSpan.Zero, TimeProvider.System, TestContext.Current.CancellationToken));

        Assert.Equal("late", token.Value);
        Assert.Contains(folder["other"], absent.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_wants_to_be_left_alone_for_a_while_is()
    {
        await using var silo = await FakeSilo.Start();
        using var folder = new TestFolder();
        await File.WriteAllTextAsync(folder["token"], silo.Token, TestContext.Current.CancellationToken);
        var token = new BearerToken(folder["token"]);
        token.TryRead();
        silo.RetryAfter = 3;
        using var http = ControlPlaneClient.Connect(silo.Address);
        var client = new ControlPlaneClient(http, "test-0001", token);
        var time = new ManualTime();
        using var metrics = new WorkerMetrics("local", "cpu", 1, time);
        var link = new ServerLink(silo.Address, metrics, time, NullLogger.Instance);
        var tries = 0;

        var beating = link.UntilAnswered(
            cancellation =>
            {
                tries++;
                return client.Heartbeat(new("local", "host", [], "cpu", "1", []), TimeSpan.FromSeconds(30), cancellation);
            },
            TestContext.Current.CancellationToken);
        await Eventually.Holds("it waits", () => time.Waiting == 1);
        silo.RetryAfter = null;
        time.Advance(TimeSpan.FromSeconds(2.9));
        Assert.Equal((1, 1), (tries, time.Waiting));
        time.Advance(TimeSpan.FromSeconds(0.2));
        await Eventually.Holds("it pauses as ever", () => time.Waiting == 1);
        time.Advance(TimeSpan.FromSeconds(2));
        await beating;

        Assert.Equal(2, tries);
    }
}
