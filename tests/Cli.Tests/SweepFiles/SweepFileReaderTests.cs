using System.Text.Json;
using ViViT.Cli.SweepFiles;
using ViViT.Contracts;
using ViViT.Contracts.Specs;

namespace ViViT.Cli.Tests.SweepFiles;

public sealed class SweepFileReaderTests
{
    [Fact]
    public void A_file_becomes_the_sweep_that_it_says()
    {
        var sweep = SweepFile.Read("""
            name: a-study
            description: Does it read?
            pool: lab
            max_attempts: 3
            experiment:
              data: {name: shapes3d, limit: 64}
              model: {tokenizer: uniform_frame_sampling, patch: [2, 8, 8], frame_offset: centre, width: 32, dropout: 0}
              training: {learning_rate: 1e-3, epochs: 2}
              seed: 7
            grid:
              training.learning_rate: [1e-3, 3e-4]
              model.patch: [8, [2, 8, 8]]
            """);

        Assert.Equal(("a-study", "Does it read?", "lab", 3), (sweep.Name, sweep.Description, sweep.Pool, sweep.MaxAttempts));
        Assert.Equal(new DataSpec { Name = "shapes3d", Limit = 64 }, sweep.Experiment.Data);
        Assert.Equal(new ModelSpec { Tokenizer = Tokenizer.UniformFrameSampling, Patch = new(2, 8, 8), FrameOffset = FrameOffset.Centre, Width = 32, Dropout = 0 }, sweep.Experiment.Model);
        Assert.Equal(new TrainingSpec { LearningRate = 0.001, Epochs = 2 }, sweep.Experiment.Training);
        Assert.Equal(7, sweep.Experiment.Seed);
        Assert.Equal([0.001, 0.0003], sweep.Grid["training.learning_rate"].Select(value => value.GetDouble()));
        Assert.Equal([new(8, 8, 8), new Patch(2, 8, 8)], sweep.Grid["model.patch"].Select(value => value.Deserialize<Patch>()));
    }

    [Fact]
    public void A_recipe_is_read_in_all_its_sections()
    {
        var sweep = SweepFile.Read("""
            name: a-study
            group: 6
            experiment:
              data: {name: shapes3d}
              model:
                stride: [4, 8, 8]
                fit: pad
                tubelet_initialisation: central_frame
                encoder: spatio_temporal
                pooling: mean
                mlp: gelu_twice
                stochastic_depth: 0.2
                token_learner: {form: v1.1, tokens: 4, after_layer: 3, fuser: true}
              training:
                optimiser: adamw
                weight_decay: 1e-4
                schedule: {kind: plateau, warmup_epochs: 2.5, plateau_epochs: 5, factor: 0.5}
                clip_norm: 1
                label_smoothing: 0.1
                class_weights: balanced
                weight_average: 0.999
                patience: 10
                precision: bfloat16
                augmentation: {flip: 0.5, turn: 1, shift: 2, intensity: 0.1, mixup: 0.2}
            grid:
              training.schedule.kind: [constant, cosine, step, plateau]
              model.token_learner.form: [none, v1, v1.1]
              training.augmentation.flip: [0, 0.5]
              training.weight_average: [null, 0.99]
              model.token_learner.after_layer: [null, 2]
            """);

        Assert.Equal(new GroupSetting(6), sweep.Group);
        Assert.Equal(
            new ModelSpec
            {
                Stride = new Patch(4, 8, 8), Fit = VolumeFit.Pad, TubeletInitialisation = TubeletInitialisation.CentralFrame, Mlp = MlpForm.GeluTwice,
                StochasticDepth = 0.2, TokenLearner = new() { Form = TokenLearnerForm.V11, Tokens = 4, AfterLayer = 3, Fuser = true },
            },
            sweep.Experiment.Model);
        Assert.Equal(
            new TrainingSpec
            {
                Optimiser = Optimiser.AdamW, WeightDecay = 1e-4, Schedule = new() { Kind = ScheduleKind.Plateau, WarmupEpochs = 2.5, PlateauEpochs = 5, Factor = 0.5 }, ClipNorm = 1,
                LabelSmoothing = 0.1, ClassWeights = ClassWeights.Balanced, WeightAverage = 0.999, Patience = 10, Precision = Precision.Mixed,
                Augmentation = new() { Flip = 0.5, Turn = 1, Shift = 2, Intensity = 0.1, Mixup = 0.2 },
            },
            sweep.Experiment.Training);
        var cells = SweepExpansion.Expand(sweep).ToArray();
        Assert.Equal(4 * 3 * 2 * 2 * 2, cells.Length);
        Assert.Equal((ScheduleKind.Constant, TokenLearnerForm.None, 0, null, null), Axes(cells[0]));
        Assert.Equal((ScheduleKind.Plateau, TokenLearnerForm.V11, 0.5, 0.99, 2), Axes(cells[^1]));
        Assert.Equal("null", cells[0].Axes["training.weight_average"]);

        static (ScheduleKind, TokenLearnerForm, double, double?, int?) Axes(Cell cell) => (
            cell.Spec.Training.Schedule.Kind, cell.Spec.Model.TokenLearner.Form, cell.Spec.Training.Augmentation.Flip, cell.Spec.Training.WeightAverage, cell.Spec.Model.TokenLearner.AfterLayer);
    }

    [Fact]
    public void Every_value_of_every_enum_is_read_as_the_contracts_write_it()
    {
        var enums = SettingPaths.All.Where(axis => axis.Value.IsEnum).ToArray();

        Assert.Equal(12, enums.Length);
        foreach (var (path, type) in enums)
        {
            var values = Enum.GetValuesAsUnderlyingType(type).Cast<object>().Select(value => JsonSerializer.Serialize(Enum.ToObject(type, value), type, ContractsJson.Options).Trim('"')).ToArray();
            Assert.Equal(values, SpecShape.ValuesOf(type));
            var grid = new SweepSpec { Name = "a", Experiment = new() { Data = new() { Name = "shapes3d" } }, Grid = new Dictionary<string, IReadOnlyList<JsonElement>> { [path] = [.. values.Select(value => JsonSerializer.SerializeToElement(value))] } };
            Assert.Equal(values, SweepExpansion.Expand(grid).Select(cell => cell.Axes[path]));
        }
    }

    [Fact]
    public void Cells_seeds_and_what_is_asked_of_the_pool_are_read()
    {
        var sweep = SweepFile.Read("""
            name: a-study
            priority: -3
            weight: 2.5
            max_parallel: 4
            resources: {memory_gib: 16, device: H200}
            experiment: {data: {name: shapes3d}}
            grid:
              model.patch: [4, 8]
              training.clip_norm: [null, 1.0]
            exclude:
              - {model.patch: [4, 4, 4], training.clip_norm: 1}
              - training.clip_norm: null
                model.patch: 8
            include:
              - {model.width: 64}
            seeds: [3, 1]
            """);

        Assert.Equal((-3, 2.5, 4), (sweep.Priority, sweep.Weight, sweep.MaxParallel));
        Assert.Equal(new ResourceSpec { MemoryGib = 16, Device = "H200" }, sweep.Resources);
        Assert.Equal(
            [(4, null, 128, 3), (4, null, 128, 1), (8, 1, 128, 3), (8, 1, 128, 1), (8, null, 64, 3), (8, null, 64, 1)],
            SweepExpansion.Expand(sweep).Select(cell => ((int, double?, int, int))(cell.Spec.Model.Patch.T, cell.Spec.Training.ClipNorm, cell.Spec.Model.Width, cell.Spec.Seed)));
        Assert.Equal(4, SweepFile.Read("name: a\nseeds: 4\nexperiment: {data: {name: shapes3d}}").Seeds!.Value.Count);
    }

    [Fact]
    public void A_search_and_a_stopping_rule_are_read_in_all_their_settings()
    {
        var sweep = SweepFile.Read("""
            name: a-study
            experiment: {data: {name: shapes3d}}
            search:
              method: tpe
              experiments: 50
              seed: 9
              startup: 5
              candidates: 12
              parallel: 2
              objective: {metric: validation/loss, goal: minimize}
              space:
                training.learning_rate: {min: 1e-5, max: 1e-2, scale: log}
                training.schedule.warmup_epochs: {min: 0, max: 5, integer: true}
                model.tokenizer: {values: [tubelet, uniform_frame_sampling]}
                model.patch: {values: [7, [4, 7, 7]]}
            stopping: {rule: hyperband, min_epochs: 2, reduction: 4, brackets: 2, startup: 3, objective: {metric: train/accuracy}}
            """);
        var search = sweep.Search!;

        Assert.Equal((SearchMethod.Tpe, 50, 9, 5, 12, 2), (search.Method, search.Experiments, search.Seed, search.Startup, search.Candidates, search.Parallel));
        Assert.Equal(new() { Metric = "validation/loss", Goal = Goal.Minimize }, search.Objective);
        Assert.Equal(new DimensionSpec { Min = 1e-5, Max = 1e-2, Scale = Scale.Log }, search.Space["training.learning_rate"]);
        Assert.Equal(new DimensionSpec { Min = 0, Max = 5, Integer = true }, search.Space["training.schedule.warmup_epochs"]);
        Assert.Equal(["tubelet", "uniform_frame_sampling"], search.Space["model.tokenizer"].Values!.Select(value => value.GetString()));
        Assert.Equal([new(7, 7, 7), new Patch(4, 7, 7)], search.Space["model.patch"].Values!.Select(value => value.Deserialize<Patch>()));
        Assert.Equal(new() { Rule = StoppingRule.Hyperband, MinEpochs = 2, Reduction = 4, Brackets = 2, Startup = 3, Objective = new() { Metric = "train/accuracy" } }, sweep.Stopping);
    }

    [Theory]
    [InlineData("seeds: some", "3:8: seeds: expected a whole number, found 'some'.")]
    [InlineData("seeds: []", "3:8: seeds: expected how many seeds, or a list of them.")]
    [InlineData("seeds: [1, x]", "3:12: seeds: expected a whole number, found 'x'.")]
    [InlineData("seeds: 0", "3:1: seeds: 0 seeds. Give 1 to 1000, or list them, e.g. [1, 2, 3].")]
    [InlineData("exclude: {model.width: 64}", "3:10: exclude: expected a list of cells, one '- {path: value}' a line, found a mapping.")]
    [InlineData("include: [8]", "3:11: include.0: expected a cell, one '- {path: value}' a line, found '8'.")]
    [InlineData("include: [{width: 8}]", "3:12: 'width' is no setting of an experiment. Did you mean 'model.width'?")]
    [InlineData("include: [{}, {model.width: wide}]", "3:29: include.1.model.width: expected a whole number, found 'wide'.")]
    [InlineData("include: [{}, {model.width: 100}]", "2:1: experiment.model.heads: 8 heads do not divide a width of 100. Choose a width that is a multiple of the heads.")]
    [InlineData("include: [{}, {model.heads: 7}]", "3:16: include.1.model.heads: 7 heads do not divide a width of 128. Choose a width that is a multiple of the heads.")]
    [InlineData("exclude: [{model.width: 64}]", "3:12: exclude.0.model.width: model.width is no axis of the grid. Give a grid.")]
    [InlineData("search: 3", "3:9: search: expected settings, one 'key: value' a line, found '3'.")]
    [InlineData("search: {}", "3:9: search lacks 'method'. Add it, e.g. method: tpe.\n3:9: search lacks 'experiments'. Add it, e.g. experiments: 30.\n3:9: search lacks 'space'. Add it, e.g. space: {training.learning_rate: {min: 1e-5, max: 1e-2, scale: log}}.")]
    [InlineData("search: {method: tep, experiments: 3, space: {model.dropout: {min: 0, max: 0.5}}}", "3:18: search.method: 'tep' is not one of its values. Did you mean 'tpe'?")]
    [InlineData("search: {method: tpe, experiments: 3, space: [a]}", "3:46: search.space: expected settings, one 'path: {min: …, max: …}' or 'path: {values: […]}' a line, found a list.")]
    [InlineData("search: {method: tpe, experiments: 3, space: {model.dropout: [0, 0.5]}}", "3:62: search.space.model.dropout: expected settings, one 'key: value' a line, found a list.")]
    [InlineData("search: {method: tpe, experiments: 3, space: {model.dropout: {mini: 0, max: 0.5}}}", "3:63: unknown key 'mini' in search.space.model.dropout. Did you mean 'min'?")]
    [InlineData("search: {method: tpe, experiments: 3, space: {model.dropout: {values: 3}}}", "3:71: search.space.model.dropout.values: expected a list of values, found '3'. List them, e.g. values: [1e-3, 3e-4].")]
    [InlineData("search: {method: tpe, experiments: 3, space: {model.dropout: {values: [0.1, x]}}}", "3:77: search.space.model.dropout.values: expected a number, found 'x'.")]
    [InlineData("search: {method: tpe, experiments: 3, space: {model.dropout: {min: 0.1}}}", "3:47: search.space.model.dropout: a range needs min and max. Give both, e.g. {min: 1e-5, max: 1e-2, scale: log}, or {values: […]}.")]
    [InlineData("stopping: {}", "3:11: stopping lacks 'rule'. Add it, e.g. rule: hyperband.")]
    [InlineData("stopping: {rule: asha, min_epochs: 70}", "3:24: stopping.min_epochs: no experiment is judged: none trains more than 60 epochs. Give fewer than training.epochs.")]
    [InlineData("weight: .nan", "3:9: weight: expected a number, found '.nan'.")]
    [InlineData("resources: {memory: 3}", "3:13: unknown key 'memory' in resources. Known: memory_gib, device.")]
    public void A_wrong_search_cell_or_wish_is_told_with_its_place(string line, string problems) =>
        Assert.Equal(problems, SweepFile.Problems($"name: a\nexperiment: {{data: {{name: shapes3d}}}}\n{line}\n"));

    [Theory]
    [InlineData("auto", null)]
    [InlineData("off", 1)]
    [InlineData("1", 1)]
    [InlineData("12", 12)]
    public void A_group_is_auto_off_or_a_number(string text, int? size) =>
        Assert.Equal(new GroupSetting(size), SweepFile.Read($"name: a\ngroup: {text}\nexperiment: {{data: {{name: shapes3d}}}}").Group);

    [Theory]
    [InlineData("some", "2:8: group: expected auto, off or a whole number, found 'some'.")]
    [InlineData("", "2:7: group: expected auto, off or a whole number, found nothing.")]
    [InlineData("[2]", "2:8: group: expected auto, off or a whole number, found a list.")]
    [InlineData("0", "2:1: group: 0 is no size of a group. Give auto, off, or 1 to 1024.")]
    [InlineData("-3", "2:1: group: -3 is no size of a group. Give auto, off, or 1 to 1024.")]
    [InlineData("1025", "2:1: group: 1025 is no size of a group. Give auto, off, or 1 to 1024.")]
    public void A_group_of_something_else_is_refused(string text, string problems) =>
        Assert.Equal(problems, SweepFile.Problems($"name: a\ngroup: {text}\nexperiment: {{data: {{name: shapes3d}}}}"));

    [Fact]
    public void One_number_is_a_cubic_patch() =>
        Assert.Equal(new Patch(4, 4, 4), SweepFile.Read("name: a\nexperiment: {data: {name: shapes3d}, model: {patch: 4}}").Experiment.Model.Patch);

    [Fact]
    public void What_the_file_leaves_out_has_its_default()
    {
        var sweep = SweepFile.Read("name: a\nexperiment: {data: {name: shapes3d}}");

        Assert.Equal(new ExperimentSpec { Data = new() { Name = "shapes3d" } }, sweep.Experiment);
        Assert.Equal(("local", 5), (sweep.Pool, sweep.MaxAttempts));
        Assert.Empty(sweep.Grid);
    }

    [Theory]
    [InlineData("name: a\nexpriment: {data: {name: shapes3d}}", "1:1: the sweep lacks 'experiment'. Add it.\n2:1: unknown key 'expriment'. Did you mean 'experiment'?")]
    [InlineData("name: a\nexperiment:\n  data: {name: shapes3d}\n  modle: {width: 8}", "4:3: unknown key 'modle' in experiment. Did you mean 'model'?")]
    [InlineData("name: a\nexperiment:\n  data: {name: shapes3d, limt: 3}", "3:26: unknown key 'limt' in experiment.data. Did you mean 'limit'?")]
    [InlineData("name: a\nexperiment:\n  data: {name: shapes3d}\n  model:\n    head: 3", "5:5: unknown key 'head' in experiment.model. Did you mean 'heads'?")]
    [InlineData("name: a\nexperiment:\n  data: {name: shapes3d}\n  training: {schedule: {form: 3}}", "4:25: unknown key 'form' in experiment.training.schedule. Known: kind, warmup_epochs, every_epochs, plateau_epochs, factor.")]
    [InlineData("name: a\nexperiment: {data: {name: shapes3d}}\n? [a, b]\n: 3", "3:3: a key is one word, found a list.")]
    public void A_key_that_nobody_reads_is_named_with_the_one_that_was_probably_meant(string text, string problems) => Assert.Equal(problems, SweepFile.Problems(text));

    [Theory]
    [InlineData("training: {epochs: many}", "4:22: experiment.training.epochs: expected a whole number, found 'many'.")]
    [InlineData("training: {epochs: 1.5}", "4:22: experiment.training.epochs: expected a whole number, found '1.5'.")]
    [InlineData("training: {epochs: 99999999999}", "4:22: experiment.training.epochs: expected a whole number, found '99999999999'.")]
    [InlineData("training: {epochs: }", "4:22: experiment.training.epochs: expected a whole number, found nothing.")]
    [InlineData("training: {epochs: [1]}", "4:22: experiment.training.epochs: expected a whole number, found a list.")]
    [InlineData("training: {learning_rate: fast}", "4:29: experiment.training.learning_rate: expected a number, found 'fast'.")]
    [InlineData("training: {learning_rate: .inf}", "4:29: experiment.training.learning_rate: expected a number, found '.inf'.")]
    [InlineData("training: {learning_rate: NaN}", "4:29: experiment.training.learning_rate: expected a number, found 'NaN'.")]
    [InlineData("training: {learning_rate: {a: b}}", "4:29: experiment.training.learning_rate: expected a number, found a mapping.")]
    [InlineData("model: {tokenizer: tublet}", "4:22: experiment.model.tokenizer: 'tublet' is not one of its values. Did you mean 'tubelet'?")]
    [InlineData("model: {tokenizer: words}", "4:22: experiment.model.tokenizer: 'words' is not one of its values. Known: tubelet, uniform_frame_sampling.")]
    [InlineData("model: {tokenizer: 0}", "4:22: experiment.model.tokenizer: '0' is not one of its values. Known: tubelet, uniform_frame_sampling.")]
    [InlineData("model: {tokenizer: []}", "4:22: experiment.model.tokenizer: expected a name, found a list.")]
    [InlineData("model: {tokenizer: }", "4:22: experiment.model.tokenizer: expected a name, found nothing.")]
    [InlineData("model: {patch: [8, 8]}", "4:18: experiment.model.patch: a patch is one number or a list of three: [time, height, width].")]
    [InlineData("model: {patch: [8, 8, x]}", "4:25: experiment.model.patch: expected a whole number, found 'x'.")]
    [InlineData("model: {patch: {t: 8}}", "4:18: experiment.model.patch: a patch is one number or a list of three: [time, height, width].")]
    [InlineData("model: 8", "4:10: experiment.model: expected settings, one 'key: value' a line, found '8'.")]
    [InlineData("model: [8]", "4:10: experiment.model: expected settings, one 'key: value' a line, found a list.")]
    [InlineData("model:", "4:9: experiment.model: expected settings, one 'key: value' a line, found nothing.")]
    public void A_value_of_the_wrong_type_is_told_with_its_place(string line, string problems) =>
        Assert.Equal(problems, SweepFile.Problems($"name: a\nexperiment:\n  data: {{name: shapes3d}}\n  {line}\n"));

    [Theory]
    [InlineData("training.learning_rate: []", "4:27: grid.training.learning_rate: holds no value. List at least one, e.g. training.learning_rate: [1e-3, 3e-4].")]
    [InlineData("training.epochs: 3", "4:20: grid.training.epochs: expected a list of values, found '3'. List at least one, e.g. training.epochs: [1, 2].")]
    [InlineData("model.tokenizer:", "4:19: grid.model.tokenizer: expected a list of values, found nothing. List at least one, e.g. model.tokenizer: [tubelet, uniform_frame_sampling].")]
    [InlineData("model.patch: {a: b}", "4:16: grid.model.patch: expected a list of values, found a mapping. List at least one, e.g. model.patch: [8, [2, 8, 8]].")]
    [InlineData("data.name: shapes3d", "4:14: grid.data.name: expected a list of values, found 'shapes3d'. List at least one, e.g. data.name: [shapes3d, organmnist3d].")]
    [InlineData("training.learning_rat: [1]", "4:3: 'training.learning_rat' is no setting of an experiment. Did you mean 'training.learning_rate'?")]
    [InlineData("learning_rate: [1]", "4:3: 'learning_rate' is no setting of an experiment. Did you mean 'training.learning_rate'?")]
    [InlineData("form: [none]", "4:3: 'form' is no setting of an experiment. Did you mean 'model.token_learner.form'?")]
    [InlineData("model.stride: 4", "4:17: grid.model.stride: expected a list of values, found '4'. List at least one, e.g. model.stride: [8, [2, 8, 8]].")]
    [InlineData("model.token_learner.fuser: yes", "4:30: grid.model.token_learner.fuser: expected a list of values, found 'yes'. List at least one, e.g. model.token_learner.fuser: [true, false].")]
    [InlineData("model.token_learner.fuser: [yes]", "4:31: grid.model.token_learner.fuser: expected true or false, found 'yes'.")]
    [InlineData("training.optimiser: [adam_w]", "4:24: grid.training.optimiser: 'adam_w' is not one of its values. Did you mean 'adamw'?")]
    [InlineData("training.precision: [half]", "4:24: grid.training.precision: 'half' is not one of its values. Known: float32, bfloat16, auto.")]
    [InlineData("training.weight_decay: [null]", "4:27: grid.training.weight_decay: expected a number, found 'null'.")]
    [InlineData("training.clip_norm: [null, 1.0, null]", "4:3: grid.training.clip_norm: the axis holds a value twice. List each value once; replicates differ in their seed.")]
    [InlineData("training.epochs: [1, x, 3]", "4:24: grid.training.epochs: expected a whole number, found 'x'.")]
    [InlineData("model.tokenizer: [tubelet, tublet]", "4:30: grid.model.tokenizer: 'tublet' is not one of its values. Did you mean 'tubelet'?")]
    [InlineData("model.patch: [8, [1, 2]]", "4:20: grid.model.patch: a patch is one number or a list of three: [time, height, width].")]
    [InlineData("seed: [1, 2, 1]", "4:3: grid.seed: the axis holds a value twice. List each value once; replicates differ in their seed.")]
    public void A_wrong_axis_is_told_with_its_place(string axis, string problems) =>
        Assert.Equal(problems, SweepFile.Problems($"name: a\nexperiment: {{data: {{name: shapes3d}}}}\ngrid:\n  {axis}\n"));

    [Fact]
    public void An_axis_that_resembles_none_is_told_with_all_that_there_are()
    {
        var problem = SweepFile.Problems("name: a\nexperiment: {data: {name: shapes3d}}\ngrid:\n  model: [1]\n");

        Assert.Equal($"4:3: 'model' is no setting of an experiment. Known: {string.Join(", ", SettingPaths.All.Keys)}.", problem);
        Assert.All(["data.name", "model.token_learner.form", "training.schedule.kind", "training.augmentation.flip", "seed"], axis => Assert.Contains(axis, SettingPaths.All.Keys));
    }

    [Theory]
    [InlineData("grid: 3", "3:7: grid: expected axes, one 'path: [values]' a line, found '3'.")]
    [InlineData("grid: [a]", "3:7: grid: expected axes, one 'path: [values]' a line, found a list.")]
    public void A_grid_that_is_no_mapping_is_a_problem(string grid, string problems) =>
        Assert.Equal(problems, SweepFile.Problems($"name: a\nexperiment: {{data: {{name: shapes3d}}}}\n{grid}\n"));

    [Theory]
    [InlineData("experiment: {data: {name: shapes3d}}", "1:1: the sweep lacks 'name'. Add it, e.g. name: my-study.")]
    [InlineData("name: a", "1:1: the sweep lacks 'experiment'. Add it.")]
    [InlineData("name: a\nexperiment:\n  seed: 1", "3:3: experiment lacks 'data'. Add it.")]
    [InlineData("name: a\nexperiment:\n  data: {limit: 4}", "3:9: experiment.data lacks 'name'. Add it, e.g. name: shapes3d.")]
    [InlineData("name: a\nexperiment:", "2:12: experiment: expected settings, one 'key: value' a line, found nothing.")]
    [InlineData("- a", "1:1: expected settings, one 'key: value' a line, found a list.")]
    [InlineData("a", "1:1: expected settings, one 'key: value' a line, found 'a'.")]
    public void What_is_missing_is_told(string text, string problems) => Assert.Equal(problems, SweepFile.Problems(text));

    [Theory]
    [InlineData("", "1:1: the file is empty. Start from one in sweeps/, e.g. sweeps/quickstart.yaml.")]
    [InlineData("# only a comment\n", "1:1: the file is empty. Start from one in sweeps/, e.g. sweeps/quickstart.yaml.")]
    [InlineData("---\n", "1:1: the file is empty. Start from one in sweeps/, e.g. sweeps/quickstart.yaml.")]
    [InlineData("name: a\n---\nname: b\n", "3:1: a second document starts here. Give one sweep a file.")]
    [InlineData("name: a\nname: b\nexperiment: {data: {name: shapes3d}}", "2:1: this is not YAML: Duplicate key name")]
    [InlineData("name: a\nexperiment: {data: {name: shapes3d}, data: {name: shapes3d}}", "2:38: this is not YAML: Duplicate key data")]
    [InlineData("name: [a", "2:1: this is not YAML: While parsing a flow sequence, did not find expected ',' or ']'.")]
    [InlineData("name: a\n\texperiment: 3", "1:7: this is not YAML: While scanning a plain scalar, found a tab character that violate indentation.")]
    [InlineData("grid:\n  m n: [t, u_[f]\n  l: [1]", "3:3: this is not YAML. Put texts with punctuation in quotes.")]
    [InlineData("name:\n  : shapes3d}\n  a: b\n", "4:2: this is not YAML. Put texts with punctuation in quotes.")]
    [InlineData("name: *nobody", "1:7: aliases (*nobody) are not read. Write the value out.")]
    public void What_is_no_single_YAML_mapping_is_refused(string text, string problems) => Assert.Equal(problems, SweepFile.Problems(text));

    [Theory]
    [InlineData("name: ")]
    [InlineData("? ")]
    public void A_file_that_nests_without_end_is_refused(string before) =>
        Assert.EndsWith(": nested deeper than any sweep. See sweeps/quickstart.yaml for the form.", SweepFile.Problems(before + new string('[', 200_000)), StringComparison.Ordinal);

    [Theory]
    [InlineData("a: &a [x]\n{0}name: *j\n")]
    [InlineData("a: &a [x]\n{0}? *j\n: 3\n")]
    [InlineData("? &a [*a]\n: 3\n{0}")]
    public void A_file_whose_aliases_unfold_without_end_is_refused_at_once(string text)
    {
        var doublings = string.Concat("abcdefghi".Select(name => $"{(char)(name + 1)}: &{(char)(name + 1)} [{string.Join(", ", Enumerable.Repeat($"*{name}", 10))}]\n"));

        Assert.EndsWith(": aliases (*a) are not read. Write the value out.", SweepFile.Problems(string.Format(System.Globalization.CultureInfo.InvariantCulture, text, doublings)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_grid_of_more_cells_than_anybody_wants_is_refused() => Assert.Equal(
        "3:1: grid: more than 100,000 cells. Split the grid over several sweeps.",
        SweepFile.Problems($"name: a\nexperiment: {{data: {{name: shapes3d}}}}\ngrid: {{seed: [{string.Join(',', Enumerable.Range(0, 1000))}], training.epochs: [{string.Join(',', Enumerable.Range(1, 101))}]}}"));

    [Fact]
    public void A_file_too_large_is_not_even_read() => Assert.Equal(
        "1:1: the file is larger than 1024 KiB. A sweep file is a page of text: is this the right one?",
        SweepFile.Problems(new string('#', (1 << 20) + 1)));

    [Theory]
    [InlineData("name: a b\nexperiment: {data: {name: shapes3d}}", "1:1: name: 'a b' is not a name. Use 1 to 100 letters, digits, '.', '_' or '-', a letter or digit first.")]
    [InlineData("name: a\nexperiment:\n  data:\n    name: shapes4d", "4:5: experiment.data.name: there is no data set 'shapes4d'. Did you mean 'shapes3d'?")]
    [InlineData("name: a\nexperiment: {data: {name: shapes3d}}\ngrid:\n  data.name: [shapes3d, organ]", "4:3: grid.data.name: there is no data set 'organ'. Known: organmnist3d, nodulemnist3d, adrenalmnist3d, fracturemnist3d, vesselmnist3d, synapsemnist3d, shapes3d, organmnist3d_64, nodulemnist3d_64, adrenalmnist3d_64, fracturemnist3d_64, vesselmnist3d_64, synapsemnist3d_64, shapes3d_64.")]
    [InlineData("name: a\nexperiment:\n  data: {name: shapes3d}\n  model: {heads: 3}", "4:11: experiment.model.heads: 3 heads do not divide a width of 128. Choose a width that is a multiple of the heads.")]
    [InlineData("name: a\nexperiment:\n  data: {name: shapes3d}\n  model: {width: 100}", "4:3: experiment.model.heads: 8 heads do not divide a width of 100. Choose a width that is a multiple of the heads.")]
    [InlineData("name: a\nexperiment: {data: {name: shapes3d}}\ngrid:\n  model.patch: [8, 29]", "4:3: grid.model.patch: a patch of 29 does not fit the volume. Give 1 to 28 along each axis: the volumes of shapes3d have 28 voxels a side.")]
    [InlineData("name: a\nexperiment: {data: {name: shapes3d}}\ngrid: {model.heads: [4, 8, 5]}", "3:8: grid.model.heads: 5 heads do not divide a width of 128. Choose a width that is a multiple of the heads.")]
    [InlineData("name: a\nmax_attempts: 0\nexperiment: {data: {name: shapes3d}}", "2:1: max_attempts: 0 is out of range. Give 1 to 100.")]
    public void An_unsound_setting_is_told_at_its_line(string text, string problems) => Assert.Equal(problems, SweepFile.Problems(text));

    [Fact]
    public void A_grid_over_data_sets_makes_their_name_in_the_experiment_superfluous()
    {
        var without = SweepFile.Read("name: a\ngrid: {data.name: [shapes3d, organmnist3d]}");
        var limited = SweepFile.Read("name: a\nexperiment: {data: {limit: 8}}\ngrid: {data.name: [shapes3d, organmnist3d]}");

        Assert.Equal(["shapes3d", "organmnist3d"], SweepExpansion.Expand(without).Select(cell => cell.Spec.Data.Name));
        Assert.Equal([new() { Name = "shapes3d", Limit = 8 }, new DataSpec { Name = "organmnist3d", Limit = 8 }], SweepExpansion.Expand(limited).Select(cell => cell.Spec.Data));
    }

    [Fact]
    public void Every_problem_is_told_at_once_in_the_order_of_the_file() => Assert.Equal(
        """
        1:1: unknown key 'nme'. Did you mean 'name'?
        1:1: the sweep lacks 'name'. Add it, e.g. name: my-study.
        3:17: experiment.data.limit: expected a whole number, found 'x'.
        4:11: unknown key 'widht' in experiment.model. Did you mean 'width'?
        4:28: experiment.model.patch: a patch is one number or a list of three: [time, height, width].
        6:3: 'model.widht' is no setting of an experiment. Did you mean 'model.width'?
        7:13: grid.seed: expected a whole number, found 'b'.
        """,
        SweepFile.Problems("""
            nme: a
            experiment:
              data: {limit: x, name: shapes3d}
              model: {widht: 3, patch: [2, 2]}
            grid:
              model.widht: [1]
              seed: [1, b]
            """));

    [Fact]
    public void Several_unsound_settings_are_told_at_once_in_the_order_of_the_file() => Assert.Equal(
        """
        4:11: experiment.model.dropout: 1 is no probability of dropping. Give at least 0 and less than 1.
        5:14: experiment.training.epochs: 0 is not above 0. Give a whole number from 1.
        7:3: grid.training.learning_rate: -1 is no step size. Give a number above 0, e.g. 1e-4.
        """,
        SweepFile.Problems("""
            name: a
            experiment:
              data: {name: shapes3d}
              model: {dropout: 1}
              training: {epochs: 0}
            grid:
              training.learning_rate: [1e-3, -1]
            """));
}
