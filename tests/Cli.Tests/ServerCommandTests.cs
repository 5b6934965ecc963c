using System.Text.Json;
using ViViT.Contracts;
using ViViT.Contracts.Experiments;
using ViViT.Contracts.Specs;
using ViViT.Contracts.Sweeps;
using ViViT.Contracts.Wire;
using ViViT.TestKit;

namespace ViViT.Cli.Tests;

/// <summary>Commands of one question to the server.</summary>
public sealed class ServerCommandTests : IAsyncLifetime
{
    private const string Sweep = "name: study\nexperiment: {data: {name: shapes3d}}\ngrid: {training.learning_rate: [1e-3, 3e-4]}\n";

    private FakeSilo silo = null!;
    private Vivit vivit = null!;

    public async ValueTask InitializeAsync()
    {
        silo = await FakeSilo.Start();
        vivit = silo.Client();
        silo.Rows = _ => [FakeSilo.Row(0, ExperimentState.Succeeded, auc: 0.9), FakeSilo.Row(1, ExperimentState.Running, attempt: 2)];
    }

    public async ValueTask DisposeAsync()
    {
        vivit.Dispose();
        await silo.DisposeAsync();
    }

    [Fact]
    public async Task Sweeps_are_listed_for_people_and_for_programs()
    {
        var (table, json) = (await vivit.Run("sweep", "list", "--limit", "3"), await vivit.Run("sweep", "list", "-o", "json"));

        Assert.Equal((0, "", 0, ""), (table.ExitCode, table.Errors, json.ExitCode, json.Errors));
        Assert.Matches(@"(?m)^7 +study +running +2 +1 +0 +1 +0 +2026-01-0", table.Output);
        using var document = JsonDocument.Parse(json.Output);
        Assert.Equal(7, document.RootElement[0].GetProperty("id").GetInt64());
        Assert.Equal(["GET /v1/sweeps?limit=3", "GET /v1/sweeps?limit=20"], silo.Requests);
    }

    [Fact]
    public async Task A_sweeps_status_is_a_table_and_its_look_alone_succeeds()
    {
        var status = await vivit.Run("sweep", "status", "7");

        Assert.Equal((0, ""), (status.ExitCode, status.Errors));
        Assert.Equal(
            """
            sweep 7: study — Does it work?
            id learning_rate data                 state     step  val acc val auc test acc test auc attempts
            70 0.001         shapes3d (synthetic) succeeded 30/30                          0.900    1
            71 0.0003        shapes3d (synthetic) running   30/30                                   2
            1 succeeded, 0 failed, 1 running

            """,
            string.Join('\n', status.Output.Split('\n').Select(line => line.TrimEnd())));
        Assert.DoesNotContain('\u001b', status.Output);
    }

    [Fact]
    public async Task A_sweeps_status_for_programs_is_the_sweep_and_its_experiments()
    {
        var status = await vivit.Run("sweep", "status", "7", "-o", "json");

        using var document = JsonDocument.Parse(status.Output);
        Assert.Equal(["sweep", "experiments", "published"], document.RootElement.EnumerateObject().Select(part => part.Name));
        Assert.Equal(SweepState.Running, document.RootElement.GetProperty("sweep").Deserialize<SweepStatus>(ContractsJson.Options)!.State);
        Assert.Equal([70, 71], document.RootElement.GetProperty("experiments").Deserialize<ExperimentRow[]>(ContractsJson.Options)!.Select(row => row.Id.Value));
    }

    [Fact]
    public async Task A_program_gets_every_experiment_page_by_page_and_a_person_the_first_thousand()
    {
        silo.Rows = _ => [.. Enumerable.Range(0, 5_003).Select(ordinal => FakeSilo.Row(ordinal, ExperimentState.Queued))];

        var (json, table) = (await vivit.Run("sweep", "status", "7", "-o", "json"), await vivit.Run("sweep", "status", "7"));

        using var document = JsonDocument.Parse(json.Output);
        Assert.Equal(Enumerable.Range(0, 5_003), document.RootElement.GetProperty("experiments").EnumerateArray().Select(row => row.GetProperty("ordinal").GetInt32()));
        Assert.EndsWith("0 succeeded, 0 failed, 5003 queued; the first 1000 of 5003 are shown\n", table.Output, StringComparison.Ordinal);
        Assert.Equal(
            ["GET /v1/sweeps/7/experiments?after=-1&limit=5000", "GET /v1/sweeps/7/experiments?after=4999&limit=3", "GET /v1/sweeps/7/experiments?after=-1&limit=1000"],
            silo.Requests.Where(request => request.Contains("experiments", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_narrow_terminal_gets_every_column_of_the_table_whole()
    {
        var status = await vivit.RunOnTerminal(60, "sweep", "status", "7");

        Assert.Equal(0, status.ExitCode);
        Assert.Matches(@"(?m)^ +id +learning_rate +data +state +step +val acc +val auc +test acc +test auc +attempts", status.Output);
        Assert.Matches(@"(?m)^ +70 +0\.001 +shapes3d \(synthetic\) +succeeded +30/30 +0\.900 +1 *$", status.Output);
        Assert.Contains('─', status.Output);
    }

    [Fact]
    public async Task A_terminal_that_wants_no_colour_gets_no_box_and_no_redrawing()
    {
        vivit.Environment["NO_COLOR"] = "1";
        silo.Rows = look => [FakeSilo.Row(0, look < 2 ? ExperimentState.Running : ExperimentState.Succeeded)];

        var watch = await vivit.RunOnTerminal(200, "sweep", "status", "7", "--watch");

        Assert.Equal(0, watch.ExitCode);
        Assert.DoesNotContain('─', watch.Output);
        Assert.DoesNotContain('█', watch.Output);
        const string RuntimesKeypad = "\u001b[?1h\u001b="; // .NET's own first word to any terminal
        Assert.DoesNotContain('\u001b', watch.Output.Replace(RuntimesKeypad, "", StringComparison.Ordinal));
        Assert.Contains("experiment 70 (0.001) succeeded\n", watch.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_watch_on_a_terminal_redraws_bars_and_leaves_the_table()
    {
        silo.Rows = look => [FakeSilo.Row(0, look < 3 ? ExperimentState.Running : ExperimentState.Succeeded)];

        var watch = await vivit.RunOnTerminal(120, "sweep", "status", "7", "--watch");

        Assert.Equal(0, watch.ExitCode);
        Assert.Contains('█', watch.Output);
        Assert.Contains("\u001b[?25h", watch.Output, StringComparison.Ordinal); // the cursor is back
        Assert.EndsWith("1 succeeded, 0 failed in 1 min 15 s\n", watch.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_dying_process_said_cannot_command_the_terminal()
    {
        silo.Rows = _ => [FakeSilo.Row(0, ExperimentState.Failed, reason: "[red]out\u001b[2J\u0007 of\r\nmemory[/]")];

        foreach (var told in (Vivit.Result[])[await vivit.Run("sweep", "status", "7"), await vivit.Run("sweep", "status", "7", "--watch")])
        {
            Assert.Contains("[red]out\uFFFD[2J\uFFFD of\nmemory[/]\n", told.Output, StringComparison.Ordinal);
            Assert.DoesNotContain(told.Output + told.Errors, one => char.IsControl(one) && one != '\n');
        }
    }

    [Fact]
    public async Task An_auc_that_is_not_a_number_is_never_the_best()
    {
        silo.Rows = _ => [FakeSilo.Row(0, ExperimentState.Succeeded, auc: double.NaN), FakeSilo.Row(1, ExperimentState.Succeeded, auc: double.NaN)];

        var status = await vivit.Run("sweep", "status", "7");

        Assert.Matches(@"(?m)^70 .* NaN +1 *$", status.Output);
        Assert.DoesNotContain("best test auc", status.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Results_stand_beside_those_that_others_have_published()
    {
        silo.Rows = _ =>
        [
            Tested(0, "adrenalmnist3d", 0.8, 0.75), Tested(1, "adrenalmnist3d", 0.9, 0.7), Tested(2, "vesselmnist3d", 0.85, 0.9), Tested(3, "adrenalmnist3d", double.NaN, 0.1),
            Tested(4, "adrenalmnist3d_64", 0.99, 0.99), FakeSilo.Row(5, ExperimentState.Running) with { Data = "organmnist3d" }, FakeSilo.Row(6, ExperimentState.Succeeded, auc: 1),
        ];

        var (table, json) = (await vivit.Run("sweep", "status", "7"), await vivit.Run("sweep", "status", "7", "-o", "json"));

        Assert.Contains(
            """

            test auc / acc   adrenalmnist3d     vesselmnist3d
            ours, best       0.900 / 0.700 (71) 0.850 / 0.900 (72)
            ours, mean       0.850 / 0.725 of 2 0.850 / 0.900 of 1
            ResNet-18 + 2.5D 0.718 / 0.772      0.748 / 0.846
            ResNet-18 + 3D   0.827 / 0.721      0.874 / 0.877
            ResNet-18 + ACS  0.839 / 0.754      0.930 / 0.928
            ResNet-50 + 2.5D 0.732 / 0.763      0.751 / 0.877
            ResNet-50 + 3D   0.828 / 0.745      0.907 / 0.918
            ResNet-50 + ACS  0.828 / 0.758      0.912 / 0.858
            auto-sklearn     0.828 / 0.802      0.910 / 0.915
            AutoKeras        0.804 / 0.705      0.773 / 0.894
            Published: Yang et al. 2023, MedMNIST v2, Scientific Data 10:41. Our best is chosen on the test split itself; the mean is not.

            """,
            string.Join('\n', table.Output.Split('\n').Select(line => line.TrimEnd())), StringComparison.Ordinal);
        using var document = JsonDocument.Parse(json.Output);
        var published = document.RootElement.GetProperty("published").EnumerateArray().ToArray();
        Assert.Equal(["adrenalmnist3d", "vesselmnist3d"], published.Select(set => set.GetProperty("data").GetString()));
        Assert.Equal((2, 71, 0.9), (published[0].GetProperty("experiments").GetInt32(), published[0].GetProperty("best").GetProperty("experiment").GetInt64(), published[0].GetProperty("best").GetProperty("auc").GetDouble()));
        Assert.Equal(0.725, published[0].GetProperty("mean").GetProperty("accuracy").GetDouble(), 1e-9);
        Assert.Equal((8, "ResNet-18 + 3D", 0.827), (published[0].GetProperty("published").GetArrayLength(), published[0].GetProperty("published")[1].GetProperty("method").GetString(), published[0].GetProperty("published")[1].GetProperty("auc").GetDouble()));
    }

    [Fact]
    public async Task Without_published_results_none_are_shown()
    {
        silo.Rows = _ => [Tested(0, "shapes3d", 0.8, 0.75), Tested(1, "vesselmnist3d_64", 0.8, 0.75)];

        var (table, json) = (await vivit.Run("sweep", "status", "7"), await vivit.Run("sweep", "status", "7", "-o", "json"));

        Assert.DoesNotContain("ublished", table.Output, StringComparison.Ordinal);
        using var document = JsonDocument.Parse(json.Output);
        Assert.Equal(0, document.RootElement.GetProperty("published").GetArrayLength());
    }

    [Fact]
    public async Task Balanced_accuracy_and_time_have_columns_where_experiments_have_them()
    {
        silo.Rows = _ => [Tested(0, "shapes3d", 0.8, 0.75, (MetricNames.BalancedAccuracy("test"), 0.625), (MetricNames.Seconds, 2.5)), FakeSilo.Row(1, ExperimentState.Running)];

        var status = await vivit.Run("sweep", "status", "7");

        Assert.Matches(@"(?m)^id .* test acc +test bal acc +test auc +s/epoch +attempts *$", status.Output);
        Assert.Matches(@"(?m)^70 .* 0\.750 +0\.625 +0\.800 +2\.500 +1 *$", status.Output);
    }

    [Fact]
    public async Task A_token_for_this_machine_is_shown_to_no_proxy()
    {
        vivit.Environment["http_proxy"] = $"http://127.0.0.1:{FreePort.Find()}";

        var list = await vivit.Run("sweep", "list");

        Assert.Equal((0, ""), (list.ExitCode, list.Errors));
    }

    [Fact]
    public async Task Cancelling_says_what_became_of_the_sweep()
    {
        silo.Rows = _ => [FakeSilo.Row(0, ExperimentState.Succeeded), FakeSilo.Row(1, ExperimentState.Cancelled)];

        var cancel = await vivit.Run("sweep", "cancel", "7");

        Assert.Equal((0, "", "sweep 7 is cancelled: 1 succeeded, 1 cancelled\n"), (cancel.ExitCode, cancel.Output, cancel.Errors));
        Assert.Equal(["POST /v1/sweeps/7/cancel"], silo.Requests);
    }

    [Fact]
    public async Task Launching_prints_the_number_alone()
    {
        var launch = await vivit.Run("sweep", "launch", vivit.Write("study.yaml", Sweep));

        Assert.Equal((0, "7\n"), (launch.ExitCode, launch.Output));
        Assert.Equal("2 experiments queued. Follow them: vivit sweep status 7 --watch   End them: vivit sweep cancel 7\n", launch.Errors);
        Assert.Equal([0.001, 0.0003], SweepExpansion.Expand(Assert.Single(silo.Launched)).Select(cell => cell.Spec.Training.LearningRate));
    }

    [Fact]
    public async Task An_experiment_shows_its_settings_attempts_and_curves()
    {
        ShowOne();

        var show = await vivit.Run("experiment", "show", "70");

        Assert.Equal((0, ""), (show.ExitCode, show.Errors));
        Assert.StartsWith("experiment 70 of sweep 7: 0.001\nfailed since 2026-01-0", show.Output, StringComparison.Ordinal);
        Assert.Contains("\nthe loss is not a number at step 30\n", show.Output, StringComparison.Ordinal);
        Assert.Contains("\ndata      shapes3d (synthetic), at most 64 samples a split\n", show.Output, StringComparison.Ordinal);
        Assert.Contains("tokenizer=tubelet patch=8 ", show.Output, StringComparison.Ordinal);
        Assert.Contains(" learning_rate=0.001 ", show.Output, StringComparison.Ordinal);
        Assert.Contains(" schedule.kind=cosine schedule.warmup_epochs=0 ", show.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("augmentation", show.Output, StringComparison.Ordinal); // as by default
        Assert.Contains("checkpoint at step 20, 2.0 MiB, experiment-70/fence-1/step-20", show.Output, StringComparison.Ordinal);
        Assert.Matches(@"(?m)^1 +worker-a +0 +2026-01-0\S+ \S+ 5 s +lease_lost +worker-a fell silent", show.Output);
        Assert.Matches(@"(?m)^2 +worker-b +20 +2026-01-0\S+ \S+ +running *$", show.Output);
        Assert.Matches(@"(?m)^train/loss +4 +0\.25 +0\.25 +2 +█▄▂▁ *$", show.Output);
        Assert.Matches(@"(?m)^test/auc +1 +0\.9 +0\.9 +0\.9 *$", show.Output);
        Assert.Contains("\ntest      auc 0.9, balanced accuracy 0.75\n", show.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("confusion", show.Output, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', show.Output);
    }

    [Fact]
    public async Task An_experiment_shows_which_class_was_told_as_which()
    {
        ShowOne();
        (string, double)[] counts = [(MetricNames.Confusion("test", 0, 0), 200), (MetricNames.Confusion("test", 0, 1), 29), (MetricNames.Confusion("test", 1, 0), 30), (MetricNames.Confusion("test", 1, 1), 39)];
        silo.Detail = silo.Detail! with
        {
            Spec = silo.Detail.Spec with { Data = new() { Name = "adrenalmnist3d" } },
            Metrics = [.. silo.Detail.Metrics, .. counts.Select(count => new MetricSummary(count.Item1, 1, 30, count.Item2, count.Item2, count.Item2, 0))],
        };

        var show = await vivit.Run("experiment", "show", "70");

        Assert.EndsWith(
            """

            test: true class told normal told hyperplasia told right
            normal           200         29               0.873
            hyperplasia      30          39               0.565

            """,
            string.Join('\n', show.Output.Split('\n').Select(line => line.TrimEnd())), StringComparison.Ordinal);
        Assert.DoesNotContain("test/confusion", show.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_experiment_for_programs_is_its_detail_and_its_curves()
    {
        ShowOne();

        var show = await vivit.Run("experiment", "show", "70", "-o", "json");

        Assert.Equal((0, ""), (show.ExitCode, show.Errors));
        using var document = JsonDocument.Parse(show.Output);
        Assert.Equal(["experiment", "curves"], document.RootElement.EnumerateObject().Select(part => part.Name));
        Assert.Equal(2, document.RootElement.GetProperty("experiment").Deserialize<ExperimentDetail>(ContractsJson.Options)!.Attempts.Count);
        Assert.Equal(["train/loss", "test/auc"], document.RootElement.GetProperty("curves").Deserialize<Curve[]>(ContractsJson.Options)!.Select(curve => curve.Metric));
    }

    [Fact]
    public async Task Workers_are_listed_with_whether_they_live()
    {
        silo.Workers = [new("node1-ab12", "local", "node1", 2, "cpu", "0.1.0", 1, FakeSilo.Began, Alive: true), new("node2-cd34", "lab", "node2", 8, "cuda", "0.1.0", 0, FakeSilo.Began, Alive: false)];

        var (table, json) = (await vivit.Run("worker", "list"), await vivit.Run("worker", "list", "-o", "json"));

        Assert.Equal((0, "", 0, ""), (table.ExitCode, table.Errors, json.ExitCode, json.Errors));
        Assert.Matches(@"(?m)^node1-ab12 +local +node1 +cpu +2 +1 +2026-01-0\S+ \S+ +alive +0\.1\.0 *$", table.Output);
        Assert.Matches(@"(?m)^node2-cd34 +lab +node2 +cuda +8 +0 +2026-01-0\S+ \S+ +silent +0\.1\.0 *$", table.Output);
        using var document = JsonDocument.Parse(json.Output);
        Assert.Equal(silo.Workers, document.RootElement.Deserialize<WorkerRow[]>(ContractsJson.Options)!);
    }

    [Fact]
    public async Task A_token_that_the_server_does_not_accept_is_told_with_an_exit_code_of_its_own()
    {
        vivit.To(silo.Address, "wrong");

        var refused = await vivit.Run("sweep", "list");

        Assert.Equal((4, "", $"{silo.Address} does not accept the token. See whether VIVIT_TOKEN_FILE names its token.\n"), (refused.ExitCode, refused.Output, refused.Errors));
    }

    [Theory]
    [InlineData(400, 2)]
    [InlineData(404, 1)]
    [InlineData(409, 1)]
    [InlineData(500, 1)]
    [InlineData(503, 1)]
    public async Task What_the_server_refuses_is_told_in_its_words(int status, int exitCode)
    {
        silo.Instead = (context, _) =>
        {
            FakeSilo.Refuse(context, status, "There is no sweep 9. See: vivit sweep list");
            return true;
        };

        foreach (var command in (string[][])[["sweep", "status", "9"], ["sweep", "cancel", "9"], ["sweep", "launch", vivit.Write("study.yaml", Sweep)], ["experiment", "show", "9"]])
        {
            var refused = await vivit.Run(command);
            Assert.Equal((exitCode, "", "There is no sweep 9. See: vivit sweep list\n"), (refused.ExitCode, refused.Output, refused.Errors));
        }
    }

    [Theory]
    [InlineData("<html>Bad gateway</html>", 502, "502 Bad Gateway\n")]
    [InlineData("[1]", 502, "502 Bad Gateway\n")]
    [InlineData("{\"detail\": 3}", 502, "502 Bad Gateway\n")]
    [InlineData("", 404, "404 Not Found\n")]
    public async Task An_answer_of_something_else_than_the_server_is_told_by_its_status(string body, int status, string message)
    {
        Answer(status, body);

        var refused = await vivit.Run("sweep", "list");

        Assert.Equal((1, "", message), (refused.ExitCode, refused.Output, refused.Errors));
    }

    [Theory]
    [InlineData("<html>Welcome</html>")]
    [InlineData("{\"id\": 3}")]
    [InlineData("")]
    public async Task An_answer_that_is_no_sweep_is_told_without_a_stack_trace(string body)
    {
        Answer(200, body);

        var refused = await vivit.Run("sweep", "status", "7");

        Assert.Equal((1, "", $"{silo.Address} did not answer /v1/sweeps/7 as a ViViT silo of this version does. See whether VIVIT_SERVER names one.\n"), (refused.ExitCode, refused.Output, refused.Errors));
    }

    private void Answer(int status, string body) => silo.Instead = (context, _) =>
    {
        context.Response.StatusCode = status;
        using var writer = new StreamWriter(context.Response.BodyWriter.AsStream());
        writer.Write(body);
        return true;
    };

    private static ExperimentRow Tested(int ordinal, string data, double auc, double accuracy, params (string Metric, double Value)[] more) => FakeSilo.Row(ordinal, ExperimentState.Succeeded) with
    {
        Data = data,
        Metrics = new Dictionary<string, double>([new(MetricNames.TestAuc, auc), new(MetricNames.TestAccuracy, accuracy), .. more.Select(metric => KeyValuePair.Create(metric.Metric, metric.Value))]),
    };

    private void ShowOne()
    {
        silo.Detail = new(
            FakeSilo.Row(0, ExperimentState.Failed, reason: "the loss is not a number at step 30"),
            new ExperimentSpec { Data = new() { Name = "shapes3d", Limit = 64 }, Training = new() { LearningRate = 1e-3, Schedule = new() { Kind = ScheduleKind.Cosine } } },
            [
                new(1, 1, "worker-a", null, FakeSilo.Began, FakeSilo.Began.AddSeconds(5), "lease_lost", "worker-a fell silent"),
                new(2, 3, "worker-b", 20, FakeSilo.Began.AddSeconds(6), null, null, null),
            ],
            new(20, "experiment-70/fence-1/step-20", new string('a', 64), 2 << 20),
            [new("train/loss", 4, 30, 0.25, 0.25, 2, 0), new("test/auc", 1, 30, 0.9, 0.9, 0.9, 0), new("test/balanced_accuracy", 1, 30, 0.75, 0.75, 0.75, 0)]);
        silo.Curves = [new("train/loss", [0, 10, 20, 30], [2, 1, 0.5, 0.25]), new("test/auc", [30], [0.9])];
    }
}
