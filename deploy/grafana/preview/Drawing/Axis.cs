using System.Globalization;
using ViViT.Preview.Asking;

namespace ViViT.Preview.Drawing;

/// <summary>Values along one side of a plot.</summary>
internal sealed class Axis
{
    private readonly bool logarithmic;

    private Axis(double least, double greatest, bool logarithmic, IReadOnlyList<(double At, string Label)> ticks) => (Least, Greatest, this.logarithmic, Ticks) = (least, greatest, logarithmic, ticks);

    public double Least { get; }

    public double Greatest { get; }

    public IReadOnlyList<(double At, string Label)> Ticks { get; }

    /// <summary>0 at the least, 1 at the greatest.</summary>
    public double Share(double value) => logarithmic ? (Math.Log10(value) - Math.Log10(Least)) / (Math.Log10(Greatest) - Math.Log10(Least)) : (value - Least) / (Greatest - Least);

    public static Axis Linear(IEnumerable<double> values, double? min, double? max, int ticks, Func<double, string> label, bool tight = false)
    {
        var (low, high) = values.Where(double.IsFinite).Aggregate((Low: double.PositiveInfinity, High: double.NegativeInfinity), (bounds, value) => (Math.Min(bounds.Low, value), Math.Max(bounds.High, value)));
        if (low > high) (low, high) = (0, 1);
        (low, high) = (min is { } least ? Math.Min(least, low) : low, max is { } most ? Math.Max(most, high) : high);
        if (high - low < 1e-12) (low, high) = (low - (min is null ? Math.Abs(low) * 0.1 : 0), high + Math.Max(1e-3, Math.Abs(high) * 0.1));
        var step = Nice((high - low) / ticks);
        if (!tight) (low, high) = (min ?? Math.Floor(low / step) * step, max is { } top && top >= high ? top : Math.Ceiling(high / step) * step);
        var marks = new List<(double, string)>();
        for (var at = Math.Ceiling((low / step) - 1e-9) * step; at <= high + (step * 1e-6); at += step) marks.Add((at, label(Math.Abs(at) < step * 1e-6 ? 0 : at)));
        return new(low, high, false, marks);
    }

    public static Axis Logarithmic(IEnumerable<double> values)
    {
        var all = values.Where(value => value > 0).DefaultIfEmpty(1).ToArray();
        var (low, high) = (Math.Pow(10, Math.Floor(Math.Log10(all.Min() * 0.999))), Math.Pow(10, Math.Ceiling(Math.Log10(all.Max() * 1.001))));
        return new(low, high, true, [.. Enumerable.Range(0, (int)Math.Round(Math.Log10(high / low)) + 1).Select(i => low * Math.Pow(10, i)).Select(at => (at, at.ToString("0.########", CultureInfo.InvariantCulture)))]);
    }

    public static Axis Time(TimeWindow window)
    {
        var seconds = (window.To - window.From).TotalSeconds;
        var step = ((double[])[1, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400]).FirstOrDefault(one => seconds / one <= 9, 86400);
        var marks = new List<(double, string)>();
        for (var at = Math.Ceiling(Seconds(window.From) / step) * step; at <= Seconds(window.To); at += step)
        {
            marks.Add((at, DateTimeOffset.FromUnixTimeMilliseconds((long)(at * 1000)).ToString(step < 60 ? "HH:mm:ss" : "HH:mm", CultureInfo.InvariantCulture)));
        }

        return new(Seconds(window.From), Seconds(window.To), false, marks);
    }

    public static double Seconds(DateTimeOffset time) => time.ToUnixTimeMilliseconds() / 1000.0;

    private static double Nice(double step)
    {
        var size = Math.Pow(10, Math.Floor(Math.Log10(step)));
        return (step / size) switch { <= 1 => size, <= 2 => 2 * size, <= 5 => 5 * size, _ => 10 * size };
    }
}
