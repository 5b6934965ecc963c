using System.Text.Json.Nodes;
using ViViT.Preview.Asking;

namespace ViViT.Preview.Drawing;

/// <summary>One line of a plot.</summary>
internal sealed class Series
{
    private Series(Look look, string color, IReadOnlyList<(double X, double Y)> points) => (Look, Color, Points, Base) = (look, color, points, [.. points.Select(_ => 0.0)]);

    public Look Look { get; }

    public string Name => Look.Name;

    public string Color { get; }

    public IReadOnlyList<(double X, double Y)> Points { get; private set; }

    /// <summary>What each point stands on: 0, or the sum of the series below.</summary>
    public IReadOnlyList<double> Base { get; private set; }

    /// <summary>The columns that are drawn; the first one of a frame is what they are drawn over.</summary>
    public static List<Series> Of(JsonObject panel, IReadOnlyList<Frame> frames)
    {
        var all = new List<Series>();
        foreach (var frame in frames)
        {
            var across = frame.Find((string?)panel["options"]!["xField"] ?? "time") ?? frame.Columns[0];
            foreach (var column in frame.Columns.Where(column => column != across && column.Type == "number"))
            {
                var look = Look.Of(panel, column);
                var points = new List<(double, double)>();
                for (var row = 0; row < frame.Rows; row++)
                {
                    if (column.Values[row] is double value && double.IsFinite(value) && across.Values[row] is { } at) points.Add((at is DateTimeOffset time ? Axis.Seconds(time) : (double)at, value));
                }

                if (points.Count > 0) all.Add(new(look, look.Color ?? Theme.Series(all.Count), points));
            }
        }

        return all;
    }

    /// <summary>Where the panel stacks, each series stands on those before it.</summary>
    public static void Stack(IReadOnlyList<Series> all)
    {
        if (all.Count == 0 || (string?)all[0].Look.Find("custom.stacking")?["mode"] != "normal") return;
        var sums = new Dictionary<double, double>();
        foreach (var one in all)
        {
            one.Base = [.. one.Points.Select(point => sums.GetValueOrDefault(point.X))];
            one.Points = [.. one.Points.Select(point => (point.X, sums[point.X] = sums.GetValueOrDefault(point.X) + point.Y))];
        }
    }
}
