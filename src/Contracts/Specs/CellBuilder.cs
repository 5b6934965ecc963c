using System.Text.Json;
using System.Text.Json.Nodes;

namespace ViViT.Contracts.Specs;

/// <summary>Writes values into the base experiment of a sweep.</summary>
internal sealed class CellBuilder(SweepSpec sweep)
{
    private readonly JsonObject baseSpec = JsonSerializer.SerializeToNode(sweep.Experiment, ContractsJson.Options)!.AsObject();

    /// <summary>The cells of one point of the grid or space, one for each seed.</summary>
    /// <param name="point">Position among the points, from 0.</param>
    /// <exception cref="JsonException">A path names no member of the experiment, or a value has the wrong type.</exception>
    public IEnumerable<Cell> Replicates(int point, IReadOnlyCollection<KeyValuePair<string, JsonElement>> values, int informed = 0)
    {
        var spec = baseSpec.DeepClone().AsObject();
        foreach (var (path, value) in values)
        {
            SettingPaths.Set(spec, path, value);
        }

        var experiment = spec.Deserialize<ExperimentSpec>(ContractsJson.Options)!;
        var axes = values.ToDictionary(value => value.Key, value => SettingPaths.Text(value.Value));
        if (sweep.Seeds is not { } seeds) return [new(point, experiment, axes, informed)];
        return Enumerable.Range(0, seeds.Count).Select(replicate => new Cell(
            (point * seeds.Count) + replicate, experiment with { Seed = seeds[replicate] },
            new Dictionary<string, string>(axes) { ["seed"] = FormattableString.Invariant($"{seeds[replicate]}") }, informed));
    }

    /// <summary>The values of an included cell, those of the grid's axes first: what it leaves open is as the base experiment says.</summary>
    public KeyValuePair<string, JsonElement>[] WithAxes(IReadOnlyDictionary<string, JsonElement> included) =>
    [
        .. sweep.Grid.Keys.Select(axis => KeyValuePair.Create(axis, included.TryGetValue(axis, out var value) ? value : JsonSerializer.SerializeToElement(SettingPaths.Get(baseSpec, axis)))),
        .. included.Where(value => !sweep.Grid.ContainsKey(value.Key)),
    ];
}
