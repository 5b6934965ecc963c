using System.Collections;
using System.Diagnostics.CodeAnalysis;
using ViViT.Contracts;

namespace ViViT.Grains;

/// <summary>What lines of the log are about, under names for programs that read it: experiment, attempt, sweep, worker.</summary>
[SuppressMessage("Naming", "CA1710", Justification = "Loggers take a scope for what it lists; nobody uses it as a collection.")]
public sealed class LogScope : IReadOnlyCollection<KeyValuePair<string, object?>>
{
    private readonly List<KeyValuePair<string, object?>> items = [];

    public int Count => items.Count;

    public LogScope Add(ExperimentId experiment) => Add("experiment", experiment.Value);

    public LogScope Add(SweepId sweep) => Add("sweep", sweep.Value);

    public LogScope Add(ExperimentId experiment, SweepId sweep, int attempt) => Add(experiment).Add(sweep).Add("attempt", attempt);

    public LogScope AddWorker(string? worker) => worker is null ? this : Add("worker", worker);

    public IEnumerator<KeyValuePair<string, object?>> GetEnumerator() => items.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public override string ToString() => string.Join(' ', items.Select(item => $"{item.Key} {item.Value}"));

    private LogScope Add(string name, object value)
    {
        items.Add(new(name, value));
        return this;
    }
}
