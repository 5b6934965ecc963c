namespace ViViT.Contracts.Specs;

/// <summary>Finds the name that somebody probably meant.</summary>
public static class Spelling
{
    /// <summary>The nearest of the names by edit distance with transpositions, or null when none is near.</summary>
    public static string? Nearest(string wrong, IEnumerable<string> names)
    {
        // A name of another length is as many edits away; to count them of a word without bounds would take time and memory without bounds.
        var (best, distance) = names
            .Where(name => Math.Abs(name.Length - wrong.Length) <= Farthest(wrong))
            .Select(name => (name, distance: Distance(wrong.ToLowerInvariant(), name.ToLowerInvariant())))
            .DefaultIfEmpty((name: "", distance: int.MaxValue))
            .MinBy(candidate => candidate.distance);
        return distance <= Farthest(wrong) ? best : null;
    }

    private static int Farthest(string wrong) => Math.Max(2, wrong.Length / 3);

    /// <summary>A remedy: the nearest name if there is one, else all of them.</summary>
    public static string Suggest(string wrong, IReadOnlyCollection<string> names) =>
        Nearest(wrong, names) is { } near ? $"Did you mean '{near}'?" : $"Known: {string.Join(", ", names)}.";

    // Optimal string alignment (Damerau-Levenshtein with each substring edited once).
    private static int Distance(string a, string b)
    {
        var d = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
        {
            for (var j = 0; j <= b.Length; j++)
            {
                if (i == 0 || j == 0)
                {
                    d[i, j] = i + j;
                    continue;
                }

                var substitution = d[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                d[i, j] = Math.Min(substitution, 1 + Math.Min(d[i - 1, j], d[i, j - 1]));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    d[i, j] = Math.Min(d[i, j], d[i - 2, j - 2] + 1);
                }
            }
        }

        return d[a.Length, b.Length];
    }
}
