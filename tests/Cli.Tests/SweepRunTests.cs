using System.Diagnostics;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using ViViT.Contracts.Experiments;
using ViViT.Contracts.Sweeps;

namespace ViViT.Cli.Tests;

/// <summary><c>vivit sweep run</c> against a server that is there already.</summary>
public sealed class SweepRunTests : IAsyncLifetime
{
    private const string Sweep = "name: study\nexperiment: {data: {name: shapes3d}}\ngrid: {training.learning_rate: [1e-3, 3e-4]}\n";

    private FakeSilo silo = null!;
    private Vivit vivit = null!;
    private string file = null!;

    public async ValueTask InitializeAsync()
    {
        silo = await FakeSilo.Start();
        vivit = silo.Client();
        file = vivit.Write("study.yaml", Sweep);
    }

    public async ValueTask DisposeAsync()
    {
        vivit.Dispose();
        await silo.DisposeAsync();
    }

    [Fact]
    public async Task A_sweep_is_followed_on_stderr_and_its_table_is_alone_on_stdout()
    {
        silo.Rows = look => look switch
        {
            <= 1 => [FakeSilo.Row(0, ExperimentState.Running), FakeSilo.Row(1, ExperimentState.Queued)],
            2 => [FakeSilo.Row(0, ExperimentState.Succeeded, auc: 0.9), FakeSilo.Row(1, ExperimentState.Running, attempt: 2)],
            _ => [FakeSilo.Row(0, ExperimentState.Succeeded, auc: 0.9), FakeSilo.Row(1, ExperimentState.Succeeded, auc: 0.7)],
        };

        var run = await vivit.Run("sweep", "run", file);

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(
            """
            sweep 7: 2 experiments
            experiment 70 (0.001) running
            experiment 70 (0.001) succeeded
            experiment 71 (0.0003) running, attempt 2
            experiment 71 (0.0003) succeeded

            """, run.Errors);
        Assert.StartsWith("sweep 7: study — Does it work?\n", run.Output, StringComparison.Ordinal);
        Assert.Matches(@"(?m)^70 .* 0\.900 +1 +← best test auc", run.Output);
        Assert.EndsWith("\n2 succeeded, 0 failed in 1 min 15 s\n", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', run.Output + run.Errors);
        Assert.False(Directory.Exists(Path.Combine(vivit.Folder, "state")), "a local stack was started beside the server that is there");
    }

    [Fact]
    public async Task A_quiet_run_for_programs_is_one_document_and_no_word()
    {
        silo.Rows = look => [FakeSilo.Row(0, look < 2 ? ExperimentState.Running : ExperimentState.Succeeded)];

        var run = await vivit.Run("sweep", "run", file, "--quiet", "-o", "json");

        Assert.Equal((0, ""), (run.ExitCode, run.Errors));
        using var document = JsonDocument.Parse(run.Output);
        Assert.Equal("succeeded", document.RootElement.GetProperty("sweep").GetProperty("state").GetString());
    }

    [Fact]
    public async Task A_failed_experiment_is_told_with_its_reason_and_an_exit_code()
    {
        silo.Rows = _ => [FakeSilo.Row(0, ExperimentState.Succeeded, auc: 0.9), FakeSilo.Row(1, ExperimentState.Failed, reason: "the loss is not a number at step 30")];

        var run = await vivit.Run("sweep", "run", file);

        Assert.Equal(5, run.ExitCode);
        Assert.Contains("experiment 71 (0.0003) failed: the loss is not a number at step 30\n", run.Errors, StringComparison.Ordinal);
        Assert.EndsWith("experiment 71 (failed): the loss is not a number at step 30\n1 succeeded, 1 failed in 1 min 15 s\n", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_sweep_that_somebody_cancels_ends_the_run_with_an_exit_code_of_its_own()
    {
        silo.Rows = look =>
        {
            if (look == 2) silo.State = SweepState.Cancelled;
            return [FakeSilo.Row(0, ExperimentState.Succeeded), FakeSilo.Row(1, look < 2 ? ExperimentState.Running : ExperimentState.Cancelled, reason: look < 2 ? null : "its sweep was cancelled")];
        };

        var run = await vivit.Run("sweep", "run", file);

        Assert.Equal(6, run.ExitCode);
        Assert.EndsWith("\n1 succeeded, 0 failed, 1 cancelled in 1 min 15 s\n", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_is_away_for_a_while_is_waited_for()
    {
        silo.Rows = look => [FakeSilo.Row(0, look < 3 ? ExperimentState.Running : ExperimentState.Succeeded)];
        silo.Instead = (context, request) =>
        {
            switch (request)
            {
                case 4 or 5:
                    FakeSilo.Refuse(context, 503, "The database is away.");
                    return true;
                case 8:
                    context.Abort();
                    return true;
                case 9:
                    context.Response.ContentLength = 1000;
                    context.Response.WriteAsync("""{"id": 7,""").GetAwaiter().GetResult();
                    context.Response.Body.FlushAsync().GetAwaiter().GetResult();
                    context.Abort();
                    return true;
                default:
                    return false;
            }
        };

        var run = await vivit.Run("sweep", "run", file);

        Assert.Equal(0, run.ExitCode);
        var words = run.Errors.Split('\n');
        Assert.Single(words, "The database is away. The sweep is safe; waiting for the server.");
        Assert.Single(words, word => word.Contains("cannot be reached: ", StringComparison.Ordinal) && word.EndsWith("The sweep is safe; waiting for the server.", StringComparison.Ordinal));
        Assert.Equal(2, words.Count(word => word == "The server is back."));
        Assert.Contains("1 succeeded", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(503, 1, "The server starts. Try again in a moment.")]
    [InlineData(400, 2, "experiment.model.heads: 3 heads do not divide a width of 128")]
    public async Task A_launch_that_is_refused_ends_the_run(int status, int exitCode, string detail)
    {
        silo.Instead = (context, _) =>
        {
            FakeSilo.Refuse(context, status, detail);
            return true;
        };

        var run = await vivit.Run("sweep", "run", file);

        Assert.Equal((exitCode, "", detail + "\n"), (run.ExitCode, run.Output, run.Errors));
    }

    [Fact]
    public async Task A_file_that_is_wrong_is_told_before_any_server_is_asked()
    {
        var run = await vivit.Run("sweep", "run", vivit.Write("wrong.yaml", "name: study"));

        Assert.Equal((2, ""), (run.ExitCode, run.Output));
        Assert.EndsWith("wrong.yaml:1:1: the sweep lacks 'experiment'. Add it.\n", run.Errors, StringComparison.Ordinal);
        Assert.Empty(silo.Requests);
    }

    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    public async Task An_interrupt_detaches_and_says_how_to_go_on(string signal)
    {
        silo.Rows = _ => [FakeSilo.Row(0, ExperimentState.Running)];
        using var run = vivit.Start("sweep", "run", file);
        var end = Vivit.End(run);
        while (silo.Requests.Count < 4 && !end.IsCompleted) await Task.Delay(20, TestContext.Current.CancellationToken);

        using (var kill = Process.Start("kill", [$"-{signal}", $"{run.Id}"])) await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
        var told = await end;

        Assert.Equal((130, ""), (told.ExitCode, told.Output));
        Assert.EndsWith("Detached: sweep 7 goes on. Follow it: vivit sweep status 7 --watch   End it: vivit sweep cancel 7\n", told.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("POST /v1/sweeps/7/cancel", silo.Requests);
    }

    [Fact]
    public async Task Watching_a_sweep_ends_as_its_run_does_and_an_interrupt_ends_it_without_a_word()
    {
        silo.Rows = look => [FakeSilo.Row(0, look < 2 ? ExperimentState.Running : ExperimentState.Failed, reason: look < 2 ? null : "no")];
        Assert.Equal(5, (await vivit.Run("sweep", "status", "7", "--watch")).ExitCode);

        silo.Rows = _ => [FakeSilo.Row(0, ExperimentState.Running)];
        var before = silo.Requests.Count;
        using var watch = vivit.Start("sweep", "status", "7", "--watch");
        var end = Vivit.End(watch);
        while (silo.Requests.Count < before + 3 && !end.IsCompleted) await Task.Delay(20, TestContext.Current.CancellationToken);
        using (var kill = Process.Start("kill", ["-INT", $"{watch.Id}"])) await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
        var told = await end;

        Assert.Equal((130, ""), (told.ExitCode, told.Output));
        Assert.DoesNotContain("   at ", told.Errors, StringComparison.Ordinal);
    }
}
