using System.Runtime.InteropServices;
using ViViT.Contracts.Experiments;
using ViViT.Contracts.Wire;
using ViViT.Worker.Tests.Support;

namespace ViViT.Worker.Tests.Agent;

/// <summary>The real program, as a supervisor starts, signals and kills it.</summary>
public sealed class AgentCommandTests : SiloTest
{
    [Fact]
    public async Task A_killed_agent_takes_its_trainers_with_it()
    {
        var (agent, attempts) = StartAgent(slots: 2);
        using var ended = agent;
        await Eventually.Holds("both train", () => attempts.All(attempt => attempt.Points.Count > 0));
        var trainers = Programs.ChildrenOf(agent.Id);
        Assert.Equal(2, trainers.Count);

        Programs.KillHard(agent.Id);

        await Eventually.Holds("its trainers are gone", () => !trainers.Any(Programs.IsAlive), seconds: 5);
    }

    [Fact]
    public async Task Sigterm_to_the_whole_group_saves_hands_back_and_exits_with_0()
    {
        var (agent, attempts) = StartAgent(slots: 1);
        using var ended = agent;
        var attempt = Assert.Single(attempts);
        await Eventually.Holds("it trains", () => attempt.Points.Count > 0);
        var trainer = Assert.Single(Programs.ChildrenOf(agent.Id));

        Programs.Signal(trainer, PosixSignal.SIGTERM);
        Programs.Signal(agent.Id, PosixSignal.SIGTERM);

        Assert.Equal(0, await agent.Ended());
        Assert.Equal(AttemptResult.Released, (await attempt.Outcome).Result);
        Assert.EndsWith($"stopped at step {attempt.Commits[^1].Step}", (await attempt.Outcome).Reason, StringComparison.Ordinal);
        Assert.False(Programs.IsAlive(trainer));
    }

    [Fact]
    public async Task Its_name_pool_and_build_reach_the_server()
    {
        using var agent = StartAgent(slots: 1).Agent;
        await Eventually.Holds("it beats and asks", () => !Silo.Heartbeats.IsEmpty && !Silo.LeaseRequests.IsEmpty);

        var beat = Silo.Heartbeats.First();
        Assert.Equal(("night", Environment.MachineName, "cpu"), (beat.Pool, beat.Host, beat.Device));
        var (offered, asked) = (Assert.Single(beat.Slots), Silo.LeaseRequests.First());
        Assert.Equal(new SlotInfo("slot-0", asked.DeviceKind, 256, asked.MemoryGib), offered);
        Assert.InRange(offered.MemoryGib!.Value, 0.1, 100_000);
        Assert.Equal((await Programs.Run(Programs.Worker, ["--version"])).Output.Trim(), beat.Version);
    }

    [Fact]
    public async Task A_missing_setting_is_named_and_exits_with_2()
    {
        var (exitCode, output, errors) = await Programs.Run(Programs.Worker, ["agent"], new Dictionary<string, string> { ["VIVIT_DEVICE"] = "cpu" });

        Assert.Equal((2, "", "VIVIT_SERVER is not set. Give an absolute http or https URL, e.g. http://127.0.0.1:5860.\n"), (exitCode, output, errors));
    }

    [Theory]
    [InlineData(0, "--version")]
    [InlineData(0, "--help")]
    [InlineData(2)]
    [InlineData(2, "train")]
    [InlineData(2, "trainer", "--threads", "none")]
    public async Task Arguments_decide_the_exit_code(int expected, params string[] arguments)
    {
        var (exitCode, output, errors) = await Programs.Run(Programs.Worker, arguments);

        Assert.Equal(expected, exitCode);
        Assert.NotEqual("", expected == 0 ? output : errors);
        Assert.Equal("", expected == 0 ? errors : output);
    }

    [Fact]
    public async Task Without_a_gpu_the_devices_command_counts_none()
    {
        Assert.SkipWhen(File.Exists("/dev/nvidiactl"), "This machine has a GPU.");

        Assert.Equal((0, "0\n", ""), await Programs.Run(Programs.Worker, ["devices"]));
    }

    private (AgentProgram Agent, StoredAttempt[] Attempts) StartAgent(int slots)
    {
        StoredAttempt[] attempts = [.. Enumerable.Range(0, slots).Select(_ => Silo.Offer(TestWorker.Tiny(epochs: 10_000)))];
        return (new(Silo.Address, Folder, slots), attempts);
    }
}
