using Orleans.Storage;
using ViViT.Contracts;
using ViViT.Grains.Experiments;
using ViViT.Grains.Sweeps;

namespace ViViT.Grains.Persistence;

/// <summary>
/// Grain state is the relational rows: each named state maps to one of Storage's classes and nothing else can be stored. Rows are born by
/// the batch insert of their sweep and never cleared.
/// </summary>
internal sealed class PostgresGrainStorage : IGrainStorage
{
    /// <summary>The provider's name in <c>[PersistentState]</c>.</summary>
    public const string Name = "vivit";

    private readonly Dictionary<string, object> tables;

    public PostgresGrainStorage(Storage.Sweeps sweeps, Storage.Experiments experiments) => tables = new()
    {
        ["sweep"] = new Table<StoredSweep>(
            async key => await sweeps.Read(new SweepId(key), CancellationToken.None) is var (sweep, etag) ? (new StoredSweep { Sweep = sweep }, etag) : null,
            (stored, etag) => sweeps.Write(stored.Sweep, stored.Why, stored.By, etag, CancellationToken.None)),
        ["experiment"] = new Table<StoredExperiment>(
            async key => await experiments.Read(new ExperimentId(key), CancellationToken.None) is var (experiment, etag)
                ? (new StoredExperiment { Experiment = experiment }, etag)
                : null,
            (stored, etag) => experiments.Write(stored.Experiment, stored.Ending, stored.By, etag, CancellationToken.None)),
    };

    public async Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var row = await Find<T>(stateName, grainId).Read(grainId.GetIntegerKey());
        grainState.RecordExists = row is not null;
        grainState.ETag = row?.ETag;
        grainState.State = row is { State: var state } ? state : Activator.CreateInstance<T>();
    }

    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var table = Find<T>(stateName, grainId);
        var known = grainState.ETag ?? throw new InvalidOperationException(
            $"The state '{stateName}' of {grainId} has no row to write to. Rows come from submitting a sweep; check RecordExists first.");
        grainState.ETag = await table.Write(grainState.State!, known) ?? throw new InconsistentStateException(
            $"The row of state '{stateName}' of {grainId} changed since it was read (etag {known}). Read it again and decide anew.");
        grainState.RecordExists = true;
    }

    /// <exception cref="NotSupportedException">Always.</exception>
    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        throw new NotSupportedException($"The state '{stateName}' of {grainId} is kept for good: sweeps and experiments are not cleared by their grains.");

    private Table<T> Find<T>(string stateName, GrainId grainId) =>
        tables.GetValueOrDefault(stateName) as Table<T> ?? throw new ArgumentException(
            $"{grainId} asks for a state '{stateName}' of type {typeof(T)}, which no table holds. "
            + $"Known: {string.Join(", ", tables.Select(table => $"'{table.Key}' of type {table.Value.GetType().GenericTypeArguments[0]}"))}.",
            nameof(stateName));

    private sealed record Table<T>(Func<long, Task<(T State, string ETag)?>> Read, Func<T, string, Task<string?>> Write);
}
