using System.Text.Json;
using ViViT.TestKit;

namespace ViViT.EndToEnd.Tests;

public sealed class SweepRunTests
{
    [Fact]
    public async Task One_command_trains_a_sweep_prints_its_table_and_leaves_nothing_running()
    {
        await using var stack = new Stack();
        var file = stack.Write("tiny.yaml", """
            name: tiny
            experiment:
              data: {name: shapes3d, limit: 48}
              model: {width: 16, layers: 1, heads: 2}
              training: {epochs: 2, batch_size: 16}
            grid:
              model.tokenizer: [tubelet, uniform_frame_sampling]
            """);

        var run = await stack.Do("sweep", "run", file);

        Assert.Contains("uniform_frame_sampling", run.Output, StringComparison.Ordinal);
        Assert.Contains("2 succeeded", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', run.Output + run.Errors);
        Assert.All((string[])["silo", "worker", "postgres"], part => Assert.Empty(stack.Pids(part)));
    }

    [Fact]
    public async Task Real_volumes_train_as_generated_ones_do()
    {
        await using var stack = new Stack();
        foreach (var name in (string[])["adrenalmnist3d", "vesselmnist3d"])
        {
            File.Copy(RealData.File($"{name}.npz"), Path.Combine(Directory.CreateDirectory(Path.Combine(stack.Folder, "data")).FullName, $"{name}.npz"));
        }

        stack.Environment["VIVIT_DATA"] = Path.Combine(stack.Folder, "data");
        var file = stack.Write("real.yaml", """
            name: real
            experiment:
              data: {name: adrenalmnist3d}
              model: {width: 32, layers: 2, heads: 2}
              training: {epochs: 2, learning_rate: 1e-3}
            grid:
              data.name: [adrenalmnist3d, vesselmnist3d]
            """);

        var run = await stack.Do("sweep", "run", file, "-o", "json");

        using var result = JsonDocument.Parse(run.Output);
        var experiments = result.RootElement.GetProperty("experiments").EnumerateArray().ToArray();
        Assert.Equal(2, experiments.Length);
        Assert.All(experiments, experiment =>
        {
            Assert.Equal("succeeded", experiment.GetProperty("state").GetString());
            Assert.InRange(experiment.GetProperty("metrics").GetProperty("test/auc").GetDouble(), 0.5, 1.0);
        });
    }

    [Fact]
    public async Task A_data_set_that_is_not_there_fails_with_what_to_do_and_the_others_go_on()
    {
        await using var stack = new Stack();
        stack.Environment["VIVIT_DATA"] = Path.Combine(stack.Folder, "data");
        var file = stack.Write("missing.yaml", """
            name: missing
            experiment:
              data: {name: shapes3d, limit: 32}
              model: {width: 16, layers: 1, heads: 2}
              training: {epochs: 1}
            grid:
              data.name: [organmnist3d, shapes3d]
            """);

        var run = await stack.Run("sweep", "run", file, "-o", "json");

        Assert.Equal(5, run.ExitCode);
        using var result = JsonDocument.Parse(run.Output);
        var experiments = result.RootElement.GetProperty("experiments").EnumerateArray().ToArray();
        Assert.Equal(["failed", "succeeded"], experiments.Select(experiment => experiment.GetProperty("state").GetString()));
        Assert.Contains("organmnist3d.npz", experiments[0].GetProperty("reason").GetString(), StringComparison.Ordinal);
        Assert.Equal(1, experiments[0].GetProperty("attempt").GetInt32());
    }
}
