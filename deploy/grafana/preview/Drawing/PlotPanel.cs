using System.Text.Json.Nodes;
using ViViT.Preview.Asking;

namespace ViViT.Preview.Drawing;

/// <summary>Lines, areas, bands, bars and points: the panels timeseries, trend and xychart.</summary>
internal static class PlotPanel
{
    public static void Draw(Svg svg, Box box, JsonObject panel, IReadOnlyList<Frame> frames, TimeWindow window, IReadOnlyList<Mark> marks)
    {
        var type = (string)panel["type"]!;
        var series = Series.Of(panel, frames);
        if (series.Count == 0)
        {
            svg.Text(box.X + (box.Width / 2), box.Y + (box.Height / 2), "No data", 13, Theme.Faint, "middle");
            return;
        }

        Series.Stack(series);
        var legendRows = Legend.Rows(series.Select(one => one.Name), box.Width);
        var plot = box.Inset(58, 6, 10, 22 + (legendRows * 15));
        var look = series[0].Look;
        var across = XAxis(panel, type, series, window);
        var up = Axis.Linear(series.SelectMany(one => one.Points.Select(point => point.Y)), look.Min, look.Max, Math.Max(2, (int)(plot.Height / 38)), value => Units.Format(value, look.Unit, null));
        double X(double value) => plot.X + (across.Share(value) * plot.Width);
        double Y(double value) => plot.Bottom - (up.Share(value) * plot.Height);

        foreach (var (at, label) in up.Ticks)
        {
            svg.Line(plot.X, Y(at), plot.Right, Y(at), Theme.Grid);
            svg.Text(plot.X - 6, Y(at) + 4, label, 10.5, Theme.Faint, "end");
        }

        foreach (var (at, label) in across.Ticks)
        {
            svg.Line(X(at), plot.Y, X(at), plot.Bottom, Theme.Grid);
            svg.Text(X(at), plot.Bottom + 15, label, 10.5, Theme.Faint, "middle");
        }

        svg.Clipped(plot.X, plot.Y - 3, plot.Width, plot.Height + 6, () =>
        {
            foreach (var mark in type == "timeseries" ? marks : []) mark.Draw(svg, plot, X);
            foreach (var one in series) DrawSeries(svg, one, series, X, Y, plot);
        });
        Legend.Draw(svg, new(box.X + 8, plot.Bottom + 22, box.Width - 16, legendRows * 15), series.Select(one => (one.Name, one.Color)));
    }

    private static Axis XAxis(JsonObject panel, string type, List<Series> series, TimeWindow window)
    {
        if (type == "timeseries") return Axis.Time(window);
        var values = series.SelectMany(one => one.Points.Select(point => point.X));
        var logarithmic = panel["fieldConfig"]!["overrides"]!.AsArray().SelectMany(one => one!["properties"]!.AsArray()).Any(property => (string)property!["id"]! == "custom.scaleDistribution" && (string)property["value"]!["type"]! == "log");
        return logarithmic ? Axis.Logarithmic(values) : Axis.Linear(values, null, null, 6, value => Units.Format(value, "short", null), tight: true);
    }

    private static void DrawSeries(Svg svg, Series one, List<Series> all, Func<double, double> x, Func<double, double> y, Box plot)
    {
        var line = one.Points.Select(point => (x(point.X), y(point.Y))).ToArray();
        if (one.Look.Find("custom.show") is not null)
        {
            foreach (var (px, py) in line) svg.Circle(px, py, 3.5, one.Color);
            return;
        }

        if ((string?)one.Look.Find("custom.drawStyle") == "bars")
        {
            foreach (var (point, base0) in one.Points.Zip(one.Base)) svg.Rect(x(point.X) - 2, y(point.Y), 4, y(base0) - y(point.Y), one.Color, 0.8);
            return;
        }

        var opacity = ((double?)one.Look.Find("custom.fillOpacity") ?? 0) / 100;
        var lower = (string?)one.Look.Find("custom.fillBelowTo") is { } below && all.FirstOrDefault(other => other.Name == below) is { } bottom
            ? bottom.Points.Select(point => (x(point.X), y(point.Y))).ToArray()
            : one.Points.Zip(one.Base, (point, base0) => (x(point.X), Math.Min(y(base0), plot.Bottom))).ToArray();
        if (opacity > 0) svg.Area(line, lower, one.Color, opacity);
        svg.Path(line, one.Color, (double?)one.Look.Find("custom.lineWidth") ?? 1.2);
        if (line.Length == 1) svg.Circle(line[0].Item1, line[0].Item2, 3, one.Color);
    }
}

/// <summary>An annotation: a moment, or a span.</summary>
internal sealed record Mark(DateTimeOffset From, DateTimeOffset? To, string Color)
{
    public void Draw(Svg svg, Box plot, Func<double, double> x)
    {
        var left = x(Axis.Seconds(From));
        if (To is { } end) svg.Rect(left, plot.Y, x(Axis.Seconds(end)) - left, plot.Height, Color, 0.08);
        svg.Line(left, plot.Y, left, plot.Bottom, Color, 0.8);
    }
}
