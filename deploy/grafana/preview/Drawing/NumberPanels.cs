using System.Text.Json.Nodes;
using ViViT.Preview.Asking;

namespace ViViT.Preview.Drawing;

/// <summary>Single numbers: the panels stat and bargauge.</summary>
internal static class NumberPanels
{
    public static void Stat(Svg svg, Box box, JsonObject panel, IReadOnlyList<Frame> frames)
    {
        var values = frames.SelectMany(frame => frame.Columns.Where(column => column.Type != "time" && column.Values.Any(value => value is not null)))
            .Select(column => (Look: Look.Of(panel, column), Value: column.Values.Last(value => value is not null))).ToArray();
        if (values.Length == 0) svg.Text(box.X + (box.Width / 2), box.Y + (box.Height / 2), "No data", 13, Theme.Faint, "middle");
        for (var i = 0; i < values.Length; i++)
        {
            var (look, value) = values[i];
            var (words, _) = look.Cell(value);
            var color = value is double number ? look.Threshold(number) : Theme.Named("green");
            var cell = new Box(box.X + (box.Width / values.Length * i), box.Y, box.Width / values.Length, box.Height);
            var size = Math.Min(values.Length == 1 ? 30 : 24, cell.Width / Math.Max(3, words.Length) * 1.7);
            svg.Text(cell.X + (cell.Width / 2), cell.Y + (cell.Height / 2) + (values.Length == 1 ? 6 : 14), words, size, color, "middle", "600");
            if (values.Length > 1) svg.Text(cell.X + (cell.Width / 2), cell.Y + (cell.Height / 2) - 16, look.Name, 11, Theme.Faint, "middle");
        }
    }

    public static void BarGauge(Svg svg, Box box, JsonObject panel, Frame frame)
    {
        var (names, numbers) = (frame.Columns.First(column => column.Type == "string"), frame.Columns.First(column => column.Type == "number"));
        var look = Look.Of(panel, numbers);
        var greatest = look.Max ?? numbers.Values.OfType<double>().DefaultIfEmpty(1).Max();
        var height = Math.Min(34, box.Height / Math.Max(1, frame.Rows));
        for (var row = 0; row < frame.Rows; row++)
        {
            var (y, value) = (box.Y + (row * height), (double)numbers.Values[row]!);
            var bar = new Box(box.X + 130, y + 2, box.Width - 200, Math.Max(4, height - 6));
            svg.Text(bar.X - 8, bar.Y + (bar.Height / 2) + 4, (string)names.Values[row]!, 11, Theme.Text, "end");
            svg.Rect(bar.X, bar.Y, bar.Width, bar.Height, Theme.Grid);
            svg.Rect(bar.X, bar.Y, bar.Width * Math.Clamp(greatest == 0 ? 0 : value / greatest, 0, 1), bar.Height, look.Threshold(value));
            svg.Text(bar.Right + 8, bar.Y + (bar.Height / 2) + 4, Units.Format(value, look.Unit, look.Decimals), 12, Theme.Text, "start", "600");
        }
    }
}
