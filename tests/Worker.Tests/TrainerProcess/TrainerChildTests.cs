using ViViT.Contracts;
using ViViT.Contracts.Experiments;
using ViViT.Contracts.Wire;
using ViViT.Worker.TrainerProcess;
using ViViT.Worker.Tests.Support;

namespace ViViT.Worker.Tests.TrainerProcess;

public sealed class TrainerChildTests
{
    private static readonly TrainerRequest Anything = new TrainerRequest.Stop(new Held(new ExperimentId(1), 1));
    private readonly LogLines log = new();

    [Theory]
    [InlineData("exit 3", "trainer ended with exit code 3 at step 7")]
    [InlineData("echo no memory >&2; exit 3", "trainer ended with exit code 3 at step 7: no memory")]
    [InlineData("echo abort >&2; kill -ABRT $$", "trainer was killed by signal 6 (SIGABRT) at step 7: abort")]
    [InlineData("kill -KILL $$", "trainer was killed by signal 9 (SIGKILL) at step 7; if nobody did, the system may have run out of memory")]
    public async Task It_says_how_the_process_ended(string script, string expected) => Assert.Equal(expected, await EndOf(script));

    [Fact]
    public async Task A_line_that_is_none_of_the_protocol_ends_the_process()
    {
        var ending = await EndOf("echo loading; sleep 60");

        Assert.StartsWith("trainer was killed by signal 9 (SIGKILL) at step 7", ending, StringComparison.Ordinal);
        Assert.Contains("its stdout held no protocol", ending, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_last_20_lines_of_stderr_are_kept_and_all_are_logged_with_their_slot()
    {
        var ending = await EndOf("for i in $(seq 1 30); do echo line $i >&2; done; exit 3");

        Assert.EndsWith(": " + string.Join(" | ", Enumerable.Range(11, 20).Select(i => $"line {i}")), ending, StringComparison.Ordinal);
        Assert.Equal(30, log.Count("slot 2 trainer: line "));
    }

    [Fact]
    public async Task Speaking_to_a_dead_trainer_is_no_error()
    {
        await using var child = TrainerChild.Start(Programs.Script("exit 0"), new(2, "cpu", 1), log);
        await child.Say(Anything);
        await child.HowItEnded(0);

        for (var i = 0; i < 10; i++) await child.Say(Anything);
    }

    [Fact]
    public async Task One_that_does_not_end_when_stdin_closes_is_killed()
    {
        var child = TrainerChild.Start(new TrainerLauncher("/bin/sh", ["-c", "while :; do sleep 1; done", "sh"]), new(2, "cpu", 1), log);
        var pid = child.ProcessId;

        await child.DisposeAsync();

        Assert.False(Programs.IsAlive(pid));
    }

    [Fact]
    public async Task A_child_that_it_leaves_behind_does_not_keep_its_end_secret()
    {
        await using var child = TrainerChild.Start(Programs.Script("sleep 600 & exit 3"), new(2, "cpu", 1), log);
        await child.Say(Anything);
        await foreach (var said in child.Replies.ReadAllAsync(TestContext.Current.CancellationToken)) Assert.IsType<TrainerReply.Ready>(said);

        Assert.Equal("trainer ended with exit code 3 at step 7", (await child.HowItEnded(step: 7)).Reason);
        var left = Assert.Single(MarkedProcesses.Of(child.Marker));
        Programs.KillHard(left);
    }

    [Fact]
    public async Task What_it_wrote_before_it_was_asked_for_something_does_not_explain_its_end()
    {
        await using var child = TrainerChild.Start(Programs.Script("echo CUDA out of memory >&2; read -r request; exit 3"), new(2, "cpu", 1), log);
        await child.Say(Anything);
        await Eventually.Holds("it has written", () => log.Count("CUDA out of memory") == 1);
        child.Begin();
        await child.Say(Anything);

        Assert.Equal(new TrainerEnding(FailureClass.Infrastructure, "trainer ended with exit code 3 at step 7"), await child.HowItEnded(step: 7));
    }

    private async Task<string> EndOf(string script)
    {
        await using var child = TrainerChild.Start(Programs.Script(script), new(2, "cpu", 1), log);
        await child.Say(Anything);
        await foreach (var said in child.Replies.ReadAllAsync(TestContext.Current.CancellationToken)) Assert.IsType<TrainerReply.Ready>(said);
        return (await child.HowItEnded(step: 7)).Reason;
    }
}
