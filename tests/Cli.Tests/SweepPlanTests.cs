using System.Text.Json;

namespace ViViT.Cli.Tests;

/// <summary><c>vivit sweep plan</c>.</summary>
public sealed class SweepPlanTests : IDisposable
{
    private readonly Vivit vivit = new();

    public void Dispose() => vivit.Dispose();

    [Fact]
    public async Task It_shows_every_cell_and_asks_no_server()
    {
        var plan = await vivit.Run("sweep", "plan", Ready("quickstart.yaml"));

        Assert.Equal((0, ""), (plan.ExitCode, plan.Errors));
        Assert.Equal(
            """
            quickstart: 6 experiments in 2 groups of equal shape (group: auto), pool local — Which tokenizer and which learning rate tell four generated solids apart?

            group 1: shapes3d (synthetic), tubelet, spatio_temporal, 27 tokens, 15 epochs = 360 steps each; up to 3 train as one, as many as pays: found by measurement on the worker
              voxels 24..27 of each axis are dropped
              37 % of the volume is dropped
              memory, about: data 28.1 MiB, on the device 17.7 MiB; each member 1.66 M parameters, 25.3 MiB with gradients and optimiser, 71.1 MiB of activations
            cell tokenizer learning_rate
            0    tubelet   0.0005
            1    tubelet   0.0003
            2    tubelet   0.0002

            group 2: shapes3d (synthetic), uniform_frame_sampling, spatio_temporal, 27 tokens, 15 epochs = 360 steps each; up to 3 train as one, as many as pays: found by measurement on the worker
              voxels 24..27 of height and width are dropped
              3 of 28 frames are seen (8, 16, 24)
              the embedding has 8,192 weights where tubelets of this patch have 65,536: a comparison must say so
              memory, about: data 28.1 MiB, on the device 2.2 MiB; each member 1.60 M parameters, 24.4 MiB with gradients and optimiser, 71.1 MiB of activations
            cell tokenizer              learning_rate
            3    uniform_frame_sampling 0.0005
            4    uniform_frame_sampling 0.0003
            5    uniform_frame_sampling 0.0002

            2,160 steps in all.

            """,
            string.Join('\n', plan.Output.Split('\n').Select(line => line.TrimEnd())));
    }

    [Theory]
    [InlineData("off", "each trains alone")]
    [InlineData("1", "each trains alone")]
    [InlineData("2", "train as one in 3 parts: 2 + 2 + 1")]
    [InlineData("5", "all train as one")]
    [InlineData("100", "all train as one")]
    [InlineData("auto", "up to 5 train as one, as many as pays: found by measurement on the worker")]
    public async Task It_shows_the_groups_as_the_setting_makes_them(string setting, string together)
    {
        var plan = await Plan($"group: {setting}\nexperiment: {{data: {{name: shapes3d}}}}\ngrid: {{seed: [1, 2, 3, 4, 5]}}");

        Assert.Contains($" steps each; {together}\n", plan, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_experiment_of_its_shape_trains_alone_whatever_the_setting() =>
        Assert.Contains(" steps each; trains alone\n", await Plan("experiment: {data: {name: shapes3d}}"), StringComparison.Ordinal);

    [Theory]
    [InlineData("patch: [7, 8, 5]", "60 tokens", "voxels 24..27 of height are dropped\n  voxels 25..27 of width are dropped\n  23 % of the volume is dropped\n")]
    [InlineData("patch: 8, fit: pad", "64 tokens", "each axis is padded with zeros to 32 (2 before, 2 after)\n")]
    [InlineData("patch: [4, 8, 9], fit: pad", "112 tokens", "height is padded with zeros to 32 (2 before, 2 after)\n  width is padded with zeros to 36 (4 before, 4 after)\n")]
    [InlineData("patch: 8, stride: 4", "216 tokens", "patches overlap by 4 along each axis\n")]
    [InlineData("patch: 4, stride: [4, 8, 8]", "112 tokens", "4 voxels between patches of height and width are seen by no token\n")]
    [InlineData("patch: 28", "1 token", "a patch of 28 leaves one token of a 28-cube: there is nothing to attend to\n")]
    [InlineData("patch: 16", "1 token", "voxels 16..27 of each axis are dropped\n  81 % of the volume is dropped\n  a patch of 16 leaves one token of a 28-cube: there is nothing to attend to (fit: pad gives 8)\n")]
    [InlineData("tokenizer: uniform_frame_sampling, patch: [1, 14, 14]", "112 tokens", "27 of 28 frames are seen; the last one 2 times\n")]
    [InlineData("tokenizer: uniform_frame_sampling, patch: [1, 14, 14], frame_offset: zero", "112 tokens", "28 of 28 frames are seen\n")]
    [InlineData("tokenizer: uniform_frame_sampling, patch: [8, 14, 14], fit: pad, frame_offset: zero", "16 tokens", "4 of 28 frames are seen (0, 6, 14, 22)\n")]
    [InlineData("tokenizer: uniform_frame_sampling, patch: 14, tubelet_initialisation: central_frame", "8 tokens", "tubelet_initialisation is not used by frame sampling\n")]
    [InlineData("pooling: class_token", "27 tokens", "a class token joins the 27 tokens\n")]
    [InlineData("encoder: factorised_encoder, pooling: class_token", "27 tokens", "8 blocks over the 9 places of each of 3 temporal indices, then 4 over the 3\n  a class token joins the 9 tokens of each temporal index, another the 3 of time\n")]
    [InlineData("encoder: factorised_self_attention, patch: [28, 8, 8]", "9 tokens", "each block attends over 9 places, then over 1 temporal indices\n  with one temporal index attention over time has nothing to do\n")]
    [InlineData("encoder: factorised_dot_product, patch: [7, 28, 28]", "4 tokens", "4 heads attend over 1 places, 4 over 4 temporal indices\n  with one place attention over space has nothing to do\n")]
    [InlineData("token_learner: {form: v1.1, tokens: 4, fuser: true}", "27 tokens", "after block 4 TokenLearner makes 4 tokens of 27; every later block learns tokens of its own, which TokenFuser gives back to all places\n")]
    [InlineData("patch: 14, token_learner: {form: v1, after_layer: 2}", "8 tokens", "after block 2 TokenLearner makes 8 tokens of 8\n  it saves nothing: it learns at least as many tokens as there are\n")]
    [InlineData("patch: 28, token_learner: {form: v1}", "1 token", "after block 4 TokenLearner makes 8 tokens of 1\n  a TokenLearner on one token has nothing to select\n")]
    public async Task It_says_what_a_model_sees_of_a_volume_and_where_it_has_nothing_to_do(string model, string tokens, string notes)
    {
        var plan = await Plan($"experiment: {{data: {{name: shapes3d}}, model: {{{model}}}}}");

        Assert.Contains($", {tokens}, ", plan, StringComparison.Ordinal);
        Assert.Contains($"  {notes}", plan, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("shapes3d", "schedule: {kind: plateau}, patience: 5", "a patience of 5 epochs can end the training before the learning rate drops after 5")]
    [InlineData("shapes3d", "schedule: {kind: step, every_epochs: 60}", "the learning rate never drops: every 60 epochs, of 60")]
    [InlineData("organmnist3d", "augmentation: {flip: 0.5}", "flips turn left into right, which organmnist3d tells apart")]
    [InlineData("organmnist3d_64", "augmentation: {flip: 0.5}", "flips turn left into right, which organmnist3d_64 tells apart")]
    public async Task It_says_where_settings_defeat_each_other(string data, string training, string note) =>
        Assert.Contains($"\n  {note}\n", await Plan($"experiment: {{data: {{name: {data}}}, training: {{{training}}}}}"), StringComparison.Ordinal);

    [Fact]
    public async Task A_note_of_some_members_of_a_group_is_told_once()
    {
        var plan = await Plan("experiment: {data: {name: shapes3d}, training: {patience: 3}}\ngrid: {training.schedule.kind: [constant, plateau], seed: [1, 2]}");

        Assert.Single(plan.Split('\n'), line => line.Contains("a patience of 3 epochs", StringComparison.Ordinal));
        Assert.Contains("in 1 groups", plan, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("mlp_ratio: 4", 1_656_971)]
    [InlineData("mlp_ratio: 1, mlp: gelu_twice", 867_467)]
    [InlineData("tokenizer: uniform_frame_sampling", 1_599_627)]
    [InlineData("pooling: class_token, fit: pad", 1_661_835)]
    [InlineData("encoder: factorised_encoder", 2_450_699)]
    [InlineData("encoder: factorised_encoder, pooling: class_token", 2_450_955)]
    [InlineData("encoder: factorised_self_attention", 2_187_403)]
    [InlineData("encoder: factorised_dot_product", 1_656_971)]
    [InlineData("token_learner: {form: v1}", 1_690_059)]
    [InlineData("token_learner: {form: v1.1, fuser: true}", 1_731_563)]
    public async Task It_counts_the_parameters_of_the_model_with_11_classes(string model, long parameters) =>
        Assert.Equal(parameters, Long(await Memory(model, ""), "parameters"));

    [Fact]
    public async Task It_estimates_memory()
    {
        var (joint, sgd, overlapping, learned, changed) = (
            await Memory("", ""), await Memory("", "optimiser: sgd, weight_average: 0.99, precision: bfloat16"), await Memory("patch: 4, stride: 2", ""), await Memory("token_learner: {form: v1.1}", ""),
            await Memory("", "augmentation: {shift: 1}"));

        Assert.Equal((16 * 1_656_971, (8 + 4 + 4 + 4) * 1_656_971), (Long(joint, "state"), Long(sgd, "state")));
        Assert.Equal(1742L * 28 * 28 * 28, Long(joint, "volumes"));
        Assert.Equal(1742L * 27 * 512, Long(joint, "on_device"));
        Assert.Equal(1742L * 28 * 28 * 28, Long(overlapping, "on_device")); // cut, they would hold a voxel eight times
        Assert.Equal((971L * 28 * 28 * 28) + (771L * 27 * 512), Long(changed, "on_device")); // volumes are changed before they are cut
        Assert.True(Long(learned, "activations") < Long(joint, "activations") * 2 / 3);
    }

    [Fact]
    public async Task It_shows_a_search_and_its_stopping_rule()
    {
        var plan = (await Plan("""
            seeds: 2
            experiment: {data: {name: shapes3d}, training: {epochs: 20}}
            search:
              method: tpe
              experiments: 30
              parallel: 3
              space:
                training.learning_rate: {min: 1e-5, max: 0.01, scale: log}
                model.layers: {min: 2, max: 6}
                training.optimiser: {values: [adam, sgd]}
                training.clip_norm: {values: [null, 1]}
            stopping: {rule: asha, min_epochs: 2, objective: {metric: validation/loss, goal: minimize}}
            """)).Split('\n').Select(line => line.TrimEnd()).ToArray();

        Assert.Matches(@"^a: 60 experiments chosen as results come, the first 6 in [1-3] groups of equal shape \(group: auto\), pool local$", plan[0]);
        Assert.Equal(
            [
                "search: tree-structured Parzen estimator on validation/auc, higher is better; 10 points spread evenly, then the best of 24 draws; at most 3 tried at once; 30 points, each with 2 seeds, seed 0",
                "  training.learning_rate: 1E-05 to 0.01, on a logarithmic scale",
                "  model.layers: 2 to 6, whole numbers",
                "  training.optimiser: adam, sgd",
                "  training.clip_norm: null, 1",
                "stopping: asynchronous halving: one of 3 that come to a milestone goes on (validation/loss, lower is better)",
                "  60 experiments are judged at epochs 2, 6, 18",
                "",
            ],
            plan[1..9]);
        Assert.Contains("28,800 steps in all when none is stopped.", plan); // 24 steps an epoch
    }

    [Theory]
    [InlineData("rule: hyperband", "Hyperband in 3 brackets: one of 3 that come to a milestone of their bracket goes on", "9 experiments are judged at epochs 1, 3, 9", "5 experiments are judged at epochs 3, 9", "3 experiments are never stopped")]
    [InlineData("rule: median, min_epochs: 4", "who is worse than the median of at least 5 others ends", "17 experiments are judged at each epoch from 4 to 19")]
    [InlineData("rule: asha, min_epochs: 7", "asynchronous halving: one of 3 that come to a milestone goes on", "17 experiments are judged at epoch 7")]
    public async Task It_shows_when_experiments_are_judged(string stopping, string rule, params string[] judged)
    {
        var plan = await Plan($"experiment: {{data: {{name: shapes3d}}, training: {{epochs: 20}}}}\nseeds: 17\nstopping: {{{stopping}}}");

        Assert.Contains($"\nstopping: {rule} (validation/auc, higher is better)\n{string.Concat(judged.Select(line => $"  {line}\n"))}\n", plan, StringComparison.Ordinal);
        Assert.Contains("8,160 steps in all when none is stopped.", plan, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("method: random, experiments: 7", "random points; 7 points, seed 0", 7)]
    [InlineData("method: sobol, experiments: 7, seed: 3", "points of a scrambled Sobol sequence; 7 points, seed 3", 7)]
    [InlineData("method: tpe, experiments: 7, startup: 9", "  nothing is learnt from results: the first 9 points are spread evenly, of 7", 4)]
    [InlineData("method: tpe, experiments: 7, startup: 2, parallel: 6", "  with 6 of 7 points at once little is learnt from results", 6)]
    public async Task It_says_how_a_search_chooses_and_where_it_learns_nothing(string search, string says, int known)
    {
        var plan = await Plan($"experiment: {{data: {{name: shapes3d}}}}\nsearch: {{{search}, space: {{model.dropout: {{min: 0, max: 0.5}}}}}}");

        Assert.Contains($"{says}\n", plan, StringComparison.Ordinal);
        Assert.StartsWith("a: 7 experiments ", plan, StringComparison.Ordinal);
        Assert.Contains($"\n{known - 1} ", plan, StringComparison.Ordinal);
        Assert.DoesNotContain($"\n{known} ", plan, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cells_with_settings_of_their_own_share_a_table()
    {
        var plan = await Plan("experiment: {data: {name: shapes3d}}\ngrid: {training.learning_rate: [1e-3, 1e-4]}\ninclude: [{training.weight_decay: 0.1}]\nexclude: [{training.learning_rate: 1e-4}]");

        Assert.Equal(["cell learning_rate weight_decay", "0    0.001", "1    0.0001        0.1"], plan.Split('\n').Select(line => line.TrimEnd()).Where(line => line.StartsWith("cell", StringComparison.Ordinal) || line.StartsWith("0  ", StringComparison.Ordinal) || line.StartsWith("1  ", StringComparison.Ordinal)));
        Assert.StartsWith("a: 2 experiments in 1 groups", plan, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_says_which_data_is_not_here()
    {
        var plan = await vivit.Run("sweep", "plan", Ready("tokenizers-real.yaml"));

        Assert.Contains($"adrenalmnist3d is not on this machine: workers fetch it, or put it here: {Path.Combine(vivit.Folder, "data", "adrenalmnist3d.npz")}", plan.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task For_programs_it_is_one_document()
    {
        var plan = await vivit.Run("sweep", "plan", Ready("tokenizers.yaml"), "-o", "json");

        Assert.Equal((0, ""), (plan.ExitCode, plan.Errors));
        Assert.DoesNotContain('\u001b', plan.Output);
        using var document = JsonDocument.Parse(plan.Output);
        Assert.Equal(["sweep", "experiments", "groups"], document.RootElement.EnumerateObject().Select(part => part.Name));
        Assert.Equal("auto", document.RootElement.GetProperty("sweep").GetProperty("group").GetString());
        var groups = document.RootElement.GetProperty("groups").EnumerateArray().ToArray();
        Assert.Equal(12, groups.Length);
        Assert.All(groups, group => Assert.Equal(3, group.GetProperty("cells").GetArrayLength()));
        Assert.All(groups, group => Assert.Equal(27, group.GetProperty("tokens").GetInt32()));
        Assert.All(groups, group => Assert.False(group.TryGetProperty("stacks", out _)));
        Assert.Equal(60 * 31, groups[0].GetProperty("steps").GetInt64());
        Assert.Equal(["voxels 24..27 of each axis are dropped", "37 % of the volume is dropped"], groups[0].GetProperty("notes").EnumerateArray().Select(note => note.GetString()));
    }

    [Fact]
    public async Task For_programs_a_fixed_setting_is_the_sizes_of_its_stacks()
    {
        vivit.Write("plan.yaml", "name: a\ngroup: 3\nexperiment: {data: {name: shapes3d}}\ngrid: {seed: [1, 2, 3, 4]}");

        using var document = JsonDocument.Parse((await vivit.Run("sweep", "plan", "plan.yaml", "-o", "json")).Output);

        Assert.Equal([3, 1], document.RootElement.GetProperty("groups")[0].GetProperty("stacks").EnumerateArray().Select(stack => stack.GetInt32()));
    }

    private static string Ready(string name) => Path.Combine(Repository.Folder("sweeps"), name);

    private static long Long(JsonElement memory, string name) => memory.GetProperty(name).GetInt64();

    private async Task<JsonElement> Memory(string model, string training)
    {
        vivit.Write("plan.yaml", $"name: a\nexperiment: {{data: {{name: organmnist3d}}, model: {{{model}}}, training: {{{training}}}}}");
        using var document = JsonDocument.Parse((await vivit.Run("sweep", "plan", "plan.yaml", "-o", "json")).Output);
        return document.RootElement.GetProperty("groups")[0].GetProperty("memory").Clone();
    }

    private async Task<string> Plan(string rest)
    {
        vivit.Write("plan.yaml", $"name: a\n{rest}\n");
        var plan = await vivit.Run("sweep", "plan", "plan.yaml");
        Assert.Equal((0, ""), (plan.ExitCode, plan.Errors));
        return plan.Output;
    }
}
