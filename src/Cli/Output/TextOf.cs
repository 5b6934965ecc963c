using System.Globalization;
using ViViT.Contracts.DataSets;
using ViViT.Contracts.Wire;

namespace ViViT.Cli.Output;

/// <summary>Values as people read them.</summary>
internal static class TextOf
{
    private const string Blocks = "▁▂▃▄▅▆▇█";

    /// <summary>A value of an enum as the contracts spell it.</summary>
    public static string State<T>(T state)
        where T : struct, Enum => SweepFiles.SpecShape.ValueOf(typeof(T), state.ToString());

    public static string Duration(TimeSpan time) => TimeSpan.FromSeconds(Math.Round(time.TotalSeconds)) switch
    {
        { TotalMinutes: < 1 } whole => string.Create(CultureInfo.InvariantCulture, $"{whole.Seconds} s"),
        { TotalHours: < 1 } whole => string.Create(CultureInfo.InvariantCulture, $"{whole.Minutes} min {whole.Seconds} s"),
        var whole => string.Create(CultureInfo.InvariantCulture, $"{(int)whole.TotalHours} h {whole.Minutes} min"),
    };

    /// <summary>The text without what a terminal would obey; line breaks stay.</summary>
    public static string Printable(string text) =>
        text.Any(IsCommand) ? string.Concat(text.Where(one => one != '\r').Select(one => IsCommand(one) ? '\uFFFD' : one)) : text;

    /// <summary>Four decimals, or a power of ten where they would show nothing but a zero.</summary>
    public static string Number(double value) => value.ToString(Math.Abs(value) is > 0 and < 0.001 ? "0.###e-0" : "0.####", CultureInfo.InvariantCulture);

    public static string Metric(ExperimentRow row, string metric) => row.Metrics.TryGetValue(metric, out var value) ? value.ToString("0.000", CultureInfo.InvariantCulture) : "";

    public static string Bytes(long bytes) => bytes switch
    {
        < 1 << 20 => $"{(bytes + 1023) >> 10} KiB",
        < 1 << 30 => string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1 << 20):0.0} MiB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1 << 30):0.0} GiB"),
    };

    /// <summary>The set's name; a generated one says so wherever it shows.</summary>
    public static string Data(string name) => DataSetCatalogue.Find(name) is { IsSynthetic: true } ? $"{name} (synthetic)" : name;

    /// <summary>An axis' path without its section: <c>learning_rate</c>, <c>schedule.kind</c>.</summary>
    public static string Axis(string path) => path[(path.IndexOf('.', StringComparison.Ordinal) + 1)..];

    /// <summary>What tells the experiment from the others of its sweep.</summary>
    public static string Cell(ExperimentRow row) => row.Axes.Count == 0 ? Data(row.Data) : string.Join(' ', row.Axes.Values);

    // Control characters, and those that turn the direction of what follows.
    private static bool IsCommand(char one) => (char.IsControl(one) && one is not ('\n' or '\t')) || one is (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069');

    public static string Bar(double share, int width)
    {
        var full = (int)Math.Round(Math.Clamp(share, 0, 1) * width);
        return new string('█', full) + new string('░', width - full);
    }

    /// <summary>A curve in one line: each character the mean of its stretch of finite values, from the least to the greatest.</summary>
    public static string Sparkline(IReadOnlyList<double> values, int width)
    {
        var columns = Math.Min(width, values.Count);
        var means = Enumerable.Range(0, columns).Select(column => values
            .Skip(column * values.Count / columns).Take(((column + 1) * values.Count / columns) - (column * values.Count / columns))
            .Where(double.IsFinite).DefaultIfEmpty(double.NaN).Average()).ToArray();
        var finite = means.Where(double.IsFinite).ToArray();
        if (finite.Length == 0) return new string('×', columns);
        var (least, greatest) = (finite.Min(), finite.Max());
        return string.Concat(means.Select(mean => double.IsNaN(mean) ? '×' : Blocks[greatest == least ? 3 : (int)Math.Min(7, (mean - least) / (greatest - least) * 8)]));
    }
}
