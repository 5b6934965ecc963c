using System.Text.Json;

namespace ViViT.Contracts.Specs;

/// <summary>Turns a grid into its experiments. Pure: the same spec always gives the same cells in the same order. Of a search see <see cref="Search.SearchPlan"/>.</summary>
public static class SweepExpansion
{
    /// <summary>More cells than this are refused: a typo in a range must not fill the database.</summary>
    public const int MaxCells = 100_000;

    /// <summary>Number of cells without expanding them; saturates above <see cref="MaxCells"/>.</summary>
    /// <exception cref="JsonException">An entry of <c>exclude</c> has a value of the wrong type.</exception>
    public static long Count(SweepSpec sweep)
    {
        var product = Product(sweep);
        if (product > MaxCells) return product;
        var kept = sweep.Exclude.Count == 0 ? product : Kept(sweep).Count();
        return (kept + sweep.Include.Count) * (sweep.Seeds?.Count ?? 1);
    }

    /// <summary>The product of all axes over the base experiment but for what is excluded, then what is included, each with every seed.</summary>
    /// <exception cref="JsonException">An axis names no member of the experiment, or a value has the wrong type.</exception>
    /// <exception cref="ArgumentException">The sweep has a search instead of a grid.</exception>
    public static IEnumerable<Cell> Expand(SweepSpec sweep)
    {
        if (sweep.Search is not null) throw new ArgumentException("The sweep searches a space: its cells follow from results, see SearchPlan.Next.", nameof(sweep));
        var builder = new CellBuilder(sweep);
        var points = Kept(sweep).Select(indices => sweep.Grid.Zip(indices, (axis, index) => KeyValuePair.Create(axis.Key, axis.Value[index])).ToArray())
            .Concat(sweep.Include.Select(included => builder.WithAxes(included)));
        return points.SelectMany((values, point) => builder.Replicates(point, values)).Take(MaxCells);
    }

    /// <summary>Cells of the product before anything is left out, replicates not counted; saturates.</summary>
    internal static long Product(SweepSpec sweep) => sweep.Grid.Count == 0 && sweep.Include.Count > 0 ? 0
        : sweep.Grid.Values.Aggregate(1L, (product, axis) => product > MaxCells ? product : product * axis.Count);

    // Index of the value on each axis, for each cell that no entry excludes.
    private static IEnumerable<int[]> Kept(SweepSpec sweep)
    {
        var axes = sweep.Grid.ToArray();
        var excluded = sweep.Exclude.Select(entry => Places(entry, axes)).ToArray();
        return Enumerable.Range(0, (int)Math.Min(Product(sweep), MaxCells)).Select(cell => Indices(cell, axes))
            .Where(indices => !excluded.Any(entry => entry.All(place => indices[place.Axis] == place.Index)));
    }

    // Where an entry lies on the axes; the index is -1 when the axis lacks the value, the axis too when there is none.
    internal static (int Axis, int Index)[] Places(IReadOnlyDictionary<string, JsonElement> entry, KeyValuePair<string, IReadOnlyList<JsonElement>>[] axes) => [.. entry.Select(pair =>
    {
        var axis = Array.FindIndex(axes, one => one.Key == pair.Key);
        if (axis < 0) throw new JsonException($"{pair.Key} is no axis of the grid.");
        var wanted = SettingPaths.Value(pair.Key, pair.Value);
        return (axis, axes[axis].Value.Select(value => SettingPaths.Value(pair.Key, value)).ToList().IndexOf(wanted));
    })];

    private static int[] Indices(int cell, KeyValuePair<string, IReadOnlyList<JsonElement>>[] axes)
    {
        var indices = new int[axes.Length];
        for (var axis = axes.Length - 1; axis >= 0; axis--)
        {
            (cell, indices[axis]) = Math.DivRem(cell, axes[axis].Value.Count);
        }

        return indices;
    }
}
