using System.Text.Json;
using System.Text.Json.Nodes;

namespace ViViT.Contracts.Specs;

/// <summary>Turns a sweep into its experiments. Pure: the same spec always gives the same cells in the same order.</summary>
public static class SweepExpansion
{
    /// <summary>More cells than this are refused: a typo in a range must not fill the database.</summary>
    public const int MaxCells = 100_000;

    /// <summary>Number of cells without expanding them; saturates at <see cref="long.MaxValue"/>.</summary>
    public static long Count(SweepSpec sweep) =>
        sweep.Grid.Values.Aggregate(1L, (product, axis) => product > MaxCells ? product : product * axis.Count);

    /// <summary>The product of all axes over the base experiment.</summary>
    /// <exception cref="JsonException">An axis names no member of the experiment, or a value has the wrong type.</exception>
    public static IEnumerable<Cell> Expand(SweepSpec sweep)
    {
        var axes = sweep.Grid.ToArray();
        var count = (int)Math.Min(Count(sweep), MaxCells);
        var baseSpec = JsonSerializer.SerializeToNode(sweep.Experiment, ContractsJson.Options)!.AsObject();
        for (var ordinal = 0; ordinal < count; ordinal++)
        {
            var spec = baseSpec.DeepClone().AsObject();
            var values = new Dictionary<string, string>(axes.Length);
            foreach (var ((path, candidates), index) in axes.Zip(Indices(ordinal, axes)))
            {
                Set(spec, path, candidates[index]);
                values[path] = Text(candidates[index]);
            }

            yield return new Cell(ordinal, spec.Deserialize<ExperimentSpec>(ContractsJson.Options)!, values);
        }
    }

    private static string Text(JsonElement value) => value.ValueKind == JsonValueKind.Null ? "null" : value.ToString();

    private static int[] Indices(int ordinal, KeyValuePair<string, IReadOnlyList<JsonElement>>[] axes)
    {
        var indices = new int[axes.Length];
        for (var axis = axes.Length - 1; axis >= 0; axis--)
        {
            (ordinal, indices[axis]) = Math.DivRem(ordinal, axes[axis].Value.Count);
        }

        return indices;
    }

    private static void Set(JsonObject spec, string path, JsonElement value)
    {
        var names = path.Split('.');
        var target = spec;
        foreach (var name in names[..^1])
        {
            target = target[name] as JsonObject ?? throw new JsonException($"{path}: the experiment has no section '{name}'.");
        }

        target[names[^1]] = JsonSerializer.SerializeToNode(value, ContractsJson.Options);
    }
}
