using ViViT.Contracts;
using ViViT.Contracts.Experiments;
using ViViT.Contracts.Sweeps;
using ViViT.Contracts.Wire;

namespace ViViT.Cli.Tests;

/// <summary>The verbs that steer sweeps, experiments and workers, and those that tell what goes on.</summary>
public sealed class SteeringCommandTests : IAsyncLifetime
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

    [Theory]
    [InlineData("pause", "paused")]
    [InlineData("resume", "running")]
    [InlineData("cancel", "cancelled")]
    public async Task A_sweep_is_steered_and_its_new_state_told(string verb, string state)
    {
        var steered = await vivit.Run("sweep", verb, "7");

        Assert.Equal((0, ""), (steered.ExitCode, steered.Output));
        Assert.StartsWith($"sweep 7 is {state}: ", steered.Errors, StringComparison.Ordinal);
        Assert.Equal([$"POST /v1/sweeps/7/{verb}"], silo.Requests);
    }

    [Fact]
    public async Task A_priority_is_set_and_told()
    {
        Assert.Equal(new Vivit.Result(0, "", "sweep 7 has priority 5\n"), await vivit.Run("sweep", "priority", "7", "5"));
        Assert.Equal(new Vivit.Result(0, "", "sweep 7 has priority -5\n"), await vivit.Run("sweep", "priority", "7", "--", "-5"));
    }

    [Fact]
    public async Task Retrying_prints_exactly_the_experiments_that_failed()
    {
        silo.Rows = _ => [FakeSilo.Row(0, ExperimentState.Succeeded), FakeSilo.Row(1, ExperimentState.Failed, "it broke"), FakeSilo.Row(2, ExperimentState.Failed, "it broke")];

        var again = await vivit.Run("sweep", "retry", "7", "--failed");
        var bare = await vivit.Run("sweep", "retry", "7");

        Assert.Equal((0, "71\n72\n"), (again.ExitCode, again.Output));
        Assert.Equal(2, bare.ExitCode);
        Assert.Contains("--failed", bare.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("retry")]
    [InlineData("cancel")]
    public async Task An_experiment_is_steered_and_told_why_it_is_where_it_is(string verb)
    {
        silo.Detail = new(FakeSilo.Row(0, ExperimentState.Queued) with { Why = new("no_free_slot", "pool local has no free slot (2 in use); 3 ahead of it in its sweep", "more workers") }, new() { Data = new() { Name = "shapes3d" } }, [], null, []);

        var steered = await vivit.Run("experiment", verb, "70");

        Assert.Equal(new Vivit.Result(0, "", "experiment 70 is queued: pool local has no free slot (2 in use); 3 ahead of it in its sweep\n"), steered);
        Assert.Equal([$"POST /v1/experiments/70/{verb}"], silo.Requests);
    }

    [Fact]
    public async Task What_an_experiment_waits_for_is_shown_with_what_would_change_it()
    {
        silo.Detail = new(FakeSilo.Row(0, ExperimentState.Queued) with { Why = new("no_fit", "needs 20 GiB, the largest slot of pool local has 16", "start a worker with such a slot") }, new() { Data = new() { Name = "shapes3d" } }, [], null, []);
        silo.Rows = _ => [silo.Detail.Row];

        var (shown, status) = (await vivit.Run("experiment", "show", "70"), await vivit.Run("sweep", "status", "7"));

        Assert.Contains("why: needs 20 GiB, the largest slot of pool local has 16\nwhat would change it: start a worker with such a slot\n", shown.Output, StringComparison.Ordinal);
        Assert.Contains("1 waiting (no_fit): needs 20 GiB, the largest slot of pool local has 16; start a worker with such a slot\n", status.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Logs_are_printed_with_their_attempt()
    {
        silo.Logs = [new(1, 1, FakeSilo.Began, "starts at step 0"), new(2, 2, FakeSilo.Began, "starts at step 20")];

        var (text, json) = (await vivit.Run("experiment", "logs", "70"), await vivit.Run("experiment", "logs", "70", "-o", "json"));

        Assert.Matches(@"(?m)^2026-01-0\d .*  \[1\] starts at step 0\n.*\[2\] starts at step 20\n\z", text.Output);
        Assert.Equal(2, json.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Fact]
    public async Task Events_are_printed_one_a_line()
    {
        silo.Events = [new(1, FakeSilo.Began, "sweep_submitted", new(7), null, null, "'study', 2 experiments for pool local"), new(2, FakeSilo.Began, "experiment_granted", new(7), new(70), "worker-a", "attempt 1")];

        var (text, json) = (await vivit.Run("events", "--sweep", "7"), await vivit.Run("events", "-o", "json"));

        Assert.Matches(@"sweep_submitted +sweep 7  'study', 2 experiments for pool local\n.*experiment_granted +experiment 70 on worker-a  attempt 1\n\z", text.Output);
        Assert.Equal(2, json.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Contains("GET /v1/events?sweep=7&limit=50&wait_seconds=0", silo.Requests);
    }

    [Theory]
    [InlineData("cordon")]
    [InlineData("uncordon")]
    [InlineData("drain")]
    public async Task A_worker_is_steered(string verb)
    {
        var steered = await vivit.Run("worker", verb, "gpu-0");

        Assert.Equal((0, ""), (steered.ExitCode, steered.Output));
        Assert.Contains("worker gpu-0", steered.Errors, StringComparison.Ordinal);
        Assert.Equal([$"POST /v1/workers/gpu-0/{verb}"], silo.Requests);
    }

    [Theory]
    [InlineData(SweepState.Succeeded, 0)]
    [InlineData(SweepState.Failed, 5)]
    [InlineData(SweepState.Cancelled, 6)]
    public async Task Waiting_ends_with_the_sweep_and_says_by_its_exit_code_how(SweepState end, int exitCode)
    {
        silo.Rows = look => [FakeSilo.Row(0, look < 3 ? ExperimentState.Running : ExperimentState.Succeeded)];
        silo.Instead = (_, request) =>
        {
            silo.State = request < 3 ? SweepState.Paused : end;
            return false;
        };

        Assert.Equal(new Vivit.Result(exitCode, "", ""), await vivit.Run("wait", "7"));
        Assert.Equal(3, silo.Requests.Count);
    }

    [Theory]
    [InlineData(ExperimentState.Succeeded, 0)]
    [InlineData(ExperimentState.Stopped, 0)]
    [InlineData(ExperimentState.Failed, 5)]
    [InlineData(ExperimentState.Cancelled, 6)]
    public async Task Waiting_for_an_experiment_likewise(ExperimentState end, int exitCode)
    {
        silo.Detail = new(FakeSilo.Row(0, end, "why"), new() { Data = new() { Name = "shapes3d" } }, [], null, []);

        Assert.Equal(new Vivit.Result(exitCode, "", ""), await vivit.Run("wait", "70", "--experiment"));
    }

    [Fact]
    public async Task Waiting_gives_up_when_told_to()
    {
        silo.State = SweepState.Running;

        var late = await vivit.Run("wait", "7", "--timeout", "0.2");

        Assert.Equal(new Vivit.Result(3, "", "7 had not ended after 0.2 s; it goes on.\n"), late);
    }

    [Fact]
    public async Task A_submission_whose_answer_was_lost_is_repeated_under_the_same_key()
    {
        var keys = new List<string>();
        silo.Instead = (context, request) =>
        {
            keys.Add(context.Request.Headers[Routes.IdempotencyKey].ToString());
            if (request == 1) context.Abort();
            return request == 1;
        };

        var launched = await vivit.Run("sweep", "launch", vivit.Write("study.yaml", "name: study\nexperiment: {data: {name: shapes3d}}\n"), "--key", "study-1");

        Assert.Equal((0, "7\n"), (launched.ExitCode, launched.Output));
        Assert.Equal(["study-1", "study-1"], keys);
    }
}
