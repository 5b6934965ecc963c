namespace ViViT.Contracts.Tests.Search;

/// <summary>What a search and a stopping rule may say.</summary>
public sealed class SearchRulesTests
{
    [Theory]
    [InlineData("'training.learning_rat': {'min': 0, 'max': 1}", ".training.learning_rat: 'training.learning_rat' is no setting of an experiment. Did you mean 'training.learning_rate'?")]
    [InlineData("'seed': {'min': 0, 'max': 9}", ".seed: a seed is no better than another. Give seeds to repeat every point.")]
    [InlineData("'data.name': {'values': ['adrenalmnist3d', 'vesselmnist3d']}", ".data.name: results on different data sets cannot be compared. Search each in a sweep of its own.")]
    [InlineData("'model.dropout': {}", ".model.dropout: a range needs min and max. Give both, e.g. {min: 1e-5, max: 1e-2, scale: log}, or {values: […]}.")]
    [InlineData("'model.dropout': {'min': 0.1}", ".model.dropout: a range needs min and max. Give both, e.g. {min: 1e-5, max: 1e-2, scale: log}, or {values: […]}.")]
    [InlineData("'model.dropout': {'min': 0.5, 'max': 0.1}", ".model.dropout: 0.5 to 0.1 is no range. Give a min below the max.")]
    [InlineData("'model.dropout': {'min': 0, 'max': 'Infinity'}", ".model.dropout: 0 to Infinity is no range. Give a min below the max.")]
    [InlineData("'model.dropout': {'min': 0, 'max': 0.5, 'scale': 'log'}", ".model.dropout.scale: 0 has no logarithm. Give a min above 0, or scale: linear.")]
    [InlineData("'model.layers': {'min': 1.5, 'max': 3}", ".model.layers: 1.5 to 3 are no whole numbers. Give whole numbers.")]
    [InlineData("'model.layers': {'min': 1, 'max': 1e10}", ".model.layers: 1 to 10000000000 are no whole numbers. Give whole numbers.")]
    [InlineData("'model.tokenizer': {'min': 1, 'max': 2}", ".model.tokenizer: the setting is no number, so it has no range. List its values: {values: […]}.")]
    [InlineData("'model.dropout': {'values': [0.1, 0.2], 'max': 1}", ".model.dropout: it has values and a range. Give values, or min and max: not both.")]
    [InlineData("'model.dropout': {'values': [0.1]}", ".model.dropout.values: 1 values leave nothing to choose. List at least two, or set the value below experiment.")]
    [InlineData("'model.dropout': {'values': [0.1, 'x']}", ".model.dropout.values: x is no value of model.dropout. Give one as below experiment.")]
    [InlineData("'model.dropout': {'values': [0.1, 0.1]}", ".model.dropout.values: a value is listed twice. List each once.")]
    [InlineData("'model.dropout': {'min': 0, 'max': 1}", ".model.dropout: 1 is no probability of dropping. Give at least 0 and less than 1.")]
    [InlineData("'model.heads': {'min': 4, 'max': 8}", ".model.heads: 5 heads do not divide a width of 128. Choose a width that is a multiple of the heads.")]
    [InlineData("'training.learning_rate': {'min': 0, 'max': 1}", ".training.learning_rate: 0 is no step size. Give a number above 0, e.g. 1e-4.")]
    [InlineData("", ": it names no setting. Name at least one, e.g. training.learning_rate: {min: 1e-5, max: 1e-2, scale: log}.")]
    public void A_space_that_makes_no_sense_is_told_with_its_remedy(string space, string problem) =>
        Assert.All(["random", "sobol", "tpe"], method => Assert.Equal([$"search.space{problem}"], Sweeps.Problems($"'search': {{'method': '{method}', 'experiments': 4, 'space': {{{space}}}}}")));

    [Theory]
    [InlineData("'experiments': 0", "search.experiments: 0 is out of range. Give 1 to 100,000.")]
    [InlineData("'experiments': 100001", "search.experiments: 100001 is out of range. Give 1 to 100,000.")]
    [InlineData("'experiments': 33", "search.experiments: the space has no more than 32 points to try. Ask for at most 32, or widen the space.")]
    [InlineData("'experiments': 4, 'startup': 0", "search.startup: 0 is out of range. Give 1 to 1,000.")]
    [InlineData("'experiments': 4, 'candidates': 1001", "search.candidates: 1001 is out of range. Give 1 to 1,000.")]
    [InlineData("'experiments': 4, 'parallel': 0", "search.parallel: 0 is out of range. Give 1 to 1,000.")]
    [InlineData("'experiments': 4, 'objective': {'metric': 'test/auc'}", "search.objective.metric: what is chosen by the test split cannot be tested on it. Choose by validation/auc, or another score of the validation split.")]
    [InlineData("'experiments': 4, 'objective': {'metric': 'validation/aux'}", "search.objective.metric: no epoch ends with a 'validation/aux'. Did you mean 'validation/auc'?")]
    [InlineData("'experiments': 4, 'objective': {'metric': 'train/loss', 'goal': 'minimize'}", "search.objective.metric: no epoch ends with a 'train/loss'. Known: validation/auc, validation/accuracy, validation/balanced_accuracy, validation/loss, train/auc, train/accuracy, train/balanced_accuracy, train/epoch_loss.")]
    [InlineData("'experiments': 4, 'objective': {'metric': 'validation/loss'}", "search.objective.goal: a lower validation/loss is the better one. Give goal: minimize.")]
    [InlineData("'experiments': 4, 'objective': {'goal': 'minimize'}", "search.objective.goal: a higher validation/auc is the better one. Give goal: maximize.")]
    public void A_search_that_makes_no_sense_is_told_with_its_remedy(string search, string problem) =>
        Assert.Equal([problem], Sweeps.Problems($"'search': {{'method': 'tpe', 'space': {{'model.layers': {{'min': 1, 'max': 32}}}}, {search}}}"));

    [Fact]
    public void A_continuum_is_no_larger_than_its_digits() => Assert.Equal(
        ["search.experiments: the space has no more than 500 points to try. Ask for at most 500, or widen the space."],
        Sweeps.Problems("'search': {'method': 'random', 'experiments': 501, 'space': {'training.learning_rate': {'min': 1, 'max': 1.01}}}"));

    [Theory]
    [InlineData("'grid': {'model.width': [64, 128]}")]
    [InlineData("'include': [{'model.width': 64}]")]
    public void A_search_beside_a_grid_is_refused(string grid) => Assert.Equal(
        "search: the sweep has a grid as well. Give a search, or grid, exclude and include: not both. A list in a space is written {values: […]}.",
        Assert.Single(Sweeps.Problems($"{grid}, 'search': {{'method': 'tpe', 'experiments': 4, 'space': {{'model.layers': {{'min': 1, 'max': 32}}}}}}")));

    [Fact]
    public void Seeds_count_towards_the_size_of_a_sweep() => Assert.Equal(
        ["search.experiments: 40000 is out of range. Give 1 to 33,333."],
        Sweeps.Problems("'seeds': 3, 'search': {'method': 'random', 'experiments': 40000, 'space': {'model.dropout': {'min': 0, 'max': 0.5}}}"));

    [Theory]
    [InlineData("'rule': 'asha', 'min_epochs': 0", "stopping.min_epochs: 0 is not above 0. Give a whole number from 1.")]
    [InlineData("'rule': 'asha', 'min_epochs': 60", "stopping.min_epochs: no experiment is judged: none trains more than 60 epochs. Give fewer than training.epochs.")]
    [InlineData("'rule': 'asha', 'reduction': 1", "stopping.reduction: one of 1 is no reduction. Give 2 to 10; 3 or 4 are usual.")]
    [InlineData("'rule': 'hyperband', 'brackets': 1", "stopping.brackets: 1 is out of range. Give 2 to 5; for one bracket give rule: asha.")]
    [InlineData("'rule': 'median', 'startup': 0", "stopping.startup: 0 is out of range. Give 1 to 1,000.")]
    [InlineData("'rule': 'median', 'objective': {'metric': 'validation/los', 'goal': 'minimize'}", "stopping.objective.metric: no epoch ends with a 'validation/los'. Did you mean 'validation/loss'?")]
    public void A_stopping_rule_that_makes_no_sense_is_told_with_its_remedy(string stopping, string problem) =>
        Assert.Equal([problem], Sweeps.Problems($"'stopping': {{{stopping}}}"));

    [Theory]
    [InlineData("'stopping': {'rule': 'asha', 'min_epochs': 59}")]
    [InlineData("'grid': {'training.epochs': [10, 100]}, 'stopping': {'rule': 'hyperband', 'min_epochs': 99, 'reduction': 4, 'brackets': 5}")]
    [InlineData("'search': {'method': 'tpe', 'experiments': 32, 'space': {'model.layers': {'min': 1, 'max': 32, 'scale': 'log'}}}, 'stopping': {'rule': 'median', 'objective': {'metric': 'train/epoch_loss', 'goal': 'minimize'}}")]
    [InlineData("'search': {'method': 'sobol', 'experiments': 8, 'space': {'training.clip_norm': {'values': [null, 1, 2.5]}, 'model.token_learner.form': {'values': ['none', 'v1']}, 'model.token_learner.after_layer': {'min': 1, 'max': 4}}}")]
    public void What_makes_sense_is_sound(string rest) => Assert.Empty(Sweeps.Problems(rest));
}
