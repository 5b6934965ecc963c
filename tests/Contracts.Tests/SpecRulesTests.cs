using System.Text.Json;
using System.Text.Json.Nodes;
using ViViT.Contracts.Specs;

namespace ViViT.Contracts.Tests;

/// <summary>What an experiment may say: each row sets some members of a sound one, as JSON.</summary>
public sealed class SpecRulesTests
{
    [Theory]
    [InlineData("data.limit=0", "data.limit: 0 is not above 0. Give a whole number from 1.")]
    [InlineData("model.patch=0", "model.patch: a patch of 0 does not fit the volume. Give 1 to 28 along each axis: the volumes of adrenalmnist3d have 28 voxels a side.")]
    [InlineData("model.patch=[8,29,8]", "model.patch: a patch of 8x29x8 does not fit the volume. Give 1 to 28 along each axis: the volumes of adrenalmnist3d have 28 voxels a side.")]
    [InlineData("model.patch=57 model.fit='pad'", "model.patch: a patch of 57 does not fit the volume. Give 1 to 56 along each axis: the volumes of adrenalmnist3d have 28 voxels a side, padded to one patch at the most.")]
    [InlineData("model.stride=0", "model.stride: a stride of 0 does not fit the volume. Give 1 to 28 along each axis, or leave it out: patches then lie side by side.")]
    [InlineData("model.stride=[4,4,29]", "model.stride: a stride of 4x4x29 does not fit the volume. Give 1 to 28 along each axis, or leave it out: patches then lie side by side.")]
    [InlineData("model.width=0", "model.width: 0 is not above 0. Give a whole number from 1.")]
    [InlineData("model.width=100", "model.heads: 8 heads do not divide a width of 100. Choose a width that is a multiple of the heads.")]
    [InlineData("model.temporal_layers=0", "model.temporal_layers: 0 is not above 0. Give a whole number from 1.")]
    [InlineData("model.mlp_ratio=0", "model.mlp_ratio: 0 is not above 0. Give a whole number from 1.")]
    [InlineData("model.encoder='factorised_dot_product' model.heads=1", "model.heads: 1 heads cannot be shared equally between space and time. Give factorised_dot_product an even number of heads.")]
    [InlineData("model.encoder='factorised_self_attention' model.pooling='class_token'", "model.pooling: only spatio_temporal and factorised_encoder have a class token. Give mean, or one of these encoders.")]
    [InlineData("model.encoder='factorised_dot_product' model.pooling='class_token'", "model.pooling: only spatio_temporal and factorised_encoder have a class token. Give mean, or one of these encoders.")]
    [InlineData("model.dropout=1", "model.dropout: 1 is no probability of dropping. Give at least 0 and less than 1.")]
    [InlineData("model.stochastic_depth='NaN'", "model.stochastic_depth: NaN is no probability of skipping. Give at least 0 and less than 1.")]
    [InlineData("model.token_learner.tokens=0", "model.token_learner.tokens: 0 tokens cannot be learned. Give 1 to 1024.")]
    [InlineData("model.token_learner.form='v1' model.encoder='factorised_encoder'", "model.token_learner.form: learned tokens have no place in space or time, which a factorised encoder needs. Give form none, or encoder spatio_temporal.")]
    [InlineData("model.token_learner.form='v1.1' model.token_learner.after_layer=8", "model.token_learner.after_layer: after 8 of 8 blocks there is none left for the learned tokens. Give 0 to 7, or leave it out: the middle.")]
    [InlineData("model.token_learner.form='v1' model.token_learner.after_layer=-1", "model.token_learner.after_layer: after -1 of 8 blocks there is none left for the learned tokens. Give 0 to 7, or leave it out: the middle.")]
    [InlineData("model.token_learner.form='v1' model.pooling='class_token'", "model.token_learner.form: TokenLearner has no place for a class token. Give form none, or pooling mean.")]
    [InlineData("training.learning_rate='Infinity'", "training.learning_rate: Infinity is no step size. Give a number above 0, e.g. 1e-4.")]
    [InlineData("training.weight_decay=-0.1", "training.weight_decay: -0.1 is no weight decay. Give 0 or a number above it, e.g. 1e-4.")]
    [InlineData("training.momentum=1", "training.momentum: 1 is no momentum. Give at least 0 and less than 1.")]
    [InlineData("training.clip_norm=0", "training.clip_norm: 0 is no norm to clip at. Give a number above 0, e.g. 1.0.")]
    [InlineData("training.label_smoothing=1", "training.label_smoothing: 1 is no share of the target. Give at least 0 and less than 1.")]
    [InlineData("training.weight_average=0", "training.weight_average: 0 is no decay of an average. Give a number between 0 and 1, e.g. 0.999.")]
    [InlineData("training.weight_average=1", "training.weight_average: 1 is no decay of an average. Give a number between 0 and 1, e.g. 0.999.")]
    [InlineData("training.patience=0", "training.patience: 0 is not above 0. Give a whole number from 1.")]
    [InlineData("training.schedule.warmup_epochs=-1", "training.schedule.warmup_epochs: -1 is no length of a warm-up. Give 0 or a number above it, e.g. 2.5.")]
    [InlineData("training.schedule.warmup_epochs=60", "training.schedule.warmup_epochs: a warm-up of 60 epochs leaves nothing of 60. Give fewer than training.epochs.")]
    [InlineData("training.schedule.every_epochs=0", "training.schedule.every_epochs: 0 is not above 0. Give a whole number from 1.")]
    [InlineData("training.schedule.plateau_epochs=0", "training.schedule.plateau_epochs: 0 is not above 0. Give a whole number from 1.")]
    [InlineData("training.schedule.factor=1", "training.schedule.factor: 1 does not lower the learning rate. Give a number between 0 and 1, e.g. 0.1.")]
    [InlineData("training.augmentation.flip=1.5", "training.augmentation.flip: 1.5 is no probability. Give 0 to 1.")]
    [InlineData("training.augmentation.turn=-1", "training.augmentation.turn: -1 is no probability. Give 0 to 1.")]
    [InlineData("training.augmentation.shift=28", "training.augmentation.shift: a shift by 28 voxels leaves nothing of the volume. Give 0 to 27, better a few.")]
    [InlineData("training.augmentation.intensity=2", "training.augmentation.intensity: 2 is no relative change. Give 0 to 1, e.g. 0.1.")]
    [InlineData("training.augmentation.mixup=-0.2", "training.augmentation.mixup: -0.2 is no alpha of a Beta distribution. Give 0 or a number above it, e.g. 0.2.")]
    public void A_setting_out_of_bounds_is_told_with_its_remedy(string settings, string problem) =>
        Assert.Equal(problem, Assert.Single(SweepValidation.CheckExperiment(With(settings))).ToString());

    [Theory]
    [InlineData("model.patch=56 model.fit='pad'")]
    [InlineData("model.patch=28 model.stride=28")]
    [InlineData("model.patch=[1,1,1] model.stride=[1,28,1]")]
    [InlineData("model.encoder='factorised_encoder' model.pooling='class_token' model.temporal_layers=1")]
    [InlineData("model.pooling='class_token' model.token_learner.form='none'")]
    [InlineData("model.token_learner.form='v1' model.token_learner.fuser=true model.token_learner.after_layer=0 model.layers=1")]
    [InlineData("model.encoder='factorised_dot_product' model.heads=2")]
    [InlineData("model.token_learner.form='v1.1' model.token_learner.after_layer=7 model.token_learner.tokens=1")]
    [InlineData("model.token_learner.after_layer=99 model.layers=1")]
    [InlineData("model.dropout=0 model.stochastic_depth=0.99")]
    [InlineData("training.momentum=0 training.weight_decay=0 training.label_smoothing=0 training.clip_norm=1e-9")]
    [InlineData("training.schedule.warmup_epochs=59.9 training.weight_average=0.5 training.patience=1")]
    [InlineData("training.augmentation.flip=1 training.augmentation.turn=1 training.augmentation.shift=27 training.augmentation.intensity=1 training.augmentation.mixup=0")]
    public void A_setting_at_its_bounds_is_sound(string settings) => Assert.Empty(SweepValidation.CheckExperiment(With(settings)));

    [Fact]
    public void A_fuser_without_a_TokenLearner_is_refused_but_not_where_a_sweep_compares_with_and_without()
    {
        var sweep = new SweepSpec { Name = "study", Experiment = With("model.token_learner.fuser=true") };
        var compares = sweep with { Grid = new Dictionary<string, IReadOnlyList<JsonElement>> { ["model.token_learner.form"] = [JsonSerializer.SerializeToElement("none"), JsonSerializer.SerializeToElement("v1")] } };

        Assert.Equal(
            "experiment.model.token_learner.fuser: without a TokenLearner there is nothing to fuse. Give model.token_learner.form v1 or v1.1, or fuser false.",
            Assert.Single(SweepValidation.Check(sweep)).ToString());
        Assert.Empty(SweepValidation.Check(compares));
        Assert.All(SweepExpansion.Expand(compares), cell => Assert.Empty(SweepValidation.CheckExperiment(cell.Spec)));
    }

    [Fact]
    public void Every_value_of_the_recipe_survives_the_wire()
    {
        var spec = With("model.stride=[2,4,4] model.token_learner.form='v1.1' training.optimiser='adamw' training.precision='bfloat16' training.weight_average=0.99 training.schedule.kind='cosine'");

        Assert.Equal(spec, JsonSerializer.Deserialize<ExperimentSpec>(JsonSerializer.Serialize(spec, ContractsJson.Options), ContractsJson.Options));
        Assert.Equal((TokenLearnerForm.V11, Optimiser.AdamW, Precision.Mixed, ScheduleKind.Cosine), (spec.Model.TokenLearner.Form, spec.Training.Optimiser, spec.Training.Precision, spec.Training.Schedule.Kind));
    }

    private static ExperimentSpec With(string settings)
    {
        var json = JsonSerializer.SerializeToNode(new ExperimentSpec { Data = new() { Name = "adrenalmnist3d" } }, ContractsJson.Options)!;
        foreach (var setting in settings.Split(' '))
        {
            var (path, value) = (setting[..setting.IndexOf('=', StringComparison.Ordinal)].Split('.'), setting[(setting.IndexOf('=', StringComparison.Ordinal) + 1)..]);
            path[..^1].Aggregate(json, (section, name) => section[name]!)[path[^1]] = JsonNode.Parse(value.Replace('\'', '"'));
        }

        return json.Deserialize<ExperimentSpec>(ContractsJson.Options)!;
    }
}
