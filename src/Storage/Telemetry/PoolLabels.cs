using System.Collections.Concurrent;

namespace ViViT.Storage.Telemetry;

/// <summary>
/// Names of pools as labels. Whoever submits a sweep chooses the name of its pool, and a counter never forgets a label: so the first names count
/// under themselves, pools that have workers among them for longer, and all that come later as <see cref="Other"/>.
/// </summary>
public sealed class PoolLabels
{
    /// <summary>The label of pools that came too late.</summary>
    public const string Other = "other";

    /// <summary>Names that anybody may have brought.</summary>
    internal const int Most = 50;

    /// <summary>With the pools that have workers.</summary>
    internal const int MostServed = 100;

    private readonly ConcurrentDictionary<string, string> known = new(StringComparer.Ordinal);
    private readonly Lock admitting = new();

    /// <summary>Those of every instrument in this process.</summary>
    public static PoolLabels OfThisProcess { get; } = new();

    public string Of(string pool) => known.TryGetValue(pool, out var label) ? label : Admit(pool, Most);

    /// <summary>The pool has workers.</summary>
    public void Serve(string pool)
    {
        if (!known.ContainsKey(pool)) Admit(pool, MostServed);
    }

    private string Admit(string pool, int most)
    {
        lock (admitting)
        {
            return known.Count < most ? known.GetOrAdd(pool, pool) : known.GetValueOrDefault(pool, Other);
        }
    }
}
