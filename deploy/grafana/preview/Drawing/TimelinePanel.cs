using System.Text.Json.Nodes;
using ViViT.Preview.Asking;

namespace ViViT.Preview.Drawing;

/// <summary>A band for each series, colored by state: the panel state-timeline.</summary>
internal static class TimelinePanel
{
    public static void Draw(Svg svg, Box box, JsonObject panel, IReadOnlyList<Frame> frames, TimeWindow window)
    {
        var rows = frames.Select(frame => (Look: Look.Of(panel, frame.Find("state")!), Frame: frame)).ToArray();
        var left = Math.Min(box.Width * 0.4, 20 + (rows.Select(row => row.Look.Name.Length).DefaultIfEmpty(0).Max() * 6.0));
        var plot = box.Inset(left, 4, 10, 40);
        var axis = Axis.Time(window);
        double X(DateTimeOffset time) => plot.X + (Math.Clamp(axis.Share(Axis.Seconds(time)), 0, 1) * plot.Width);
        var height = plot.Height / Math.Max(1, rows.Length);
        var shown = new Dictionary<string, string>();
        for (var i = 0; i < rows.Length; i++)
        {
            var (times, states) = (rows[i].Frame.Find("time")!.Values, rows[i].Frame.Find("state")!.Values);
            svg.Text(plot.X - 8, plot.Y + ((i + 0.5) * height) + 4, rows[i].Look.Name, Math.Min(11, height * 0.95), Theme.Text, "end");
            for (var change = 0; change < times.Count; change++)
            {
                if (states[change] is null) continue;
                var (from, to) = (X((DateTimeOffset)times[change]!), change + 1 < times.Count ? X((DateTimeOffset)times[change + 1]!) : plot.Right);
                var (name, color) = rows[i].Look.Cell(states[change]);
                shown[name] = color ?? Theme.Faint;
                svg.Rect(from, plot.Y + (i * height) + (height * 0.08), to - from, height * 0.84, color ?? Theme.Faint, 0.85);
            }
        }

        foreach (var (at, label) in axis.Ticks) svg.Text(plot.X + (axis.Share(at) * plot.Width), plot.Bottom + 15, label, 10.5, Theme.Faint, "middle");
        Legend.Draw(svg, new(box.X + 8, plot.Bottom + 20, box.Width - 16, 15), shown.Select(one => (one.Key, one.Value)));
    }
}
