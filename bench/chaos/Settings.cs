using System.Globalization;

namespace ViViT.Bench.Chaos;

/// <summary>What the command line asks for.</summary>
/// <param name="Seed">Of the first run; each later one takes the next number.</param>
/// <param name="Seeds">Runs at most.</param>
/// <param name="Time">No run begins after it.</param>
/// <param name="Faults">Faults of a run, if it lasts long enough.</param>
internal sealed record Settings(int Seed, int Seeds, TimeSpan Time, int Faults)
{
    private const int UsualFaults = 24;

    /// <returns>Null when it is not understood.</returns>
    public static Settings? Read(string[] arguments)
    {
        Dictionary<string, double> given = [];
        foreach (var pair in arguments.Chunk(2))
        {
            if (pair is not ["--seed" or "--seeds" or "--minutes" or "--faults", var text]) return null;
            if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) || value is < 0 or > int.MaxValue) return null;
            given[pair[0]] = value;
        }

        // One run, unless it is said how many or how long.
        var minutes = given.GetValueOrDefault("--minutes", double.PositiveInfinity);
        var seeds = given.GetValueOrDefault("--seeds", double.IsFinite(minutes) ? int.MaxValue : 1);
        return new((int)given.GetValueOrDefault("--seed", 0), (int)seeds, TimeSpan.FromMinutes(Math.Min(minutes, 1e6)), (int)given.GetValueOrDefault("--faults", UsualFaults));
    }
}
