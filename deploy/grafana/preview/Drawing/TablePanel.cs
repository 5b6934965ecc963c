using System.Text.Json.Nodes;
using ViViT.Preview.Asking;

namespace ViViT.Preview.Drawing;

/// <summary>Rows and columns, as many as there is room for.</summary>
internal static class TablePanel
{
    private const double RowHeight = 24;

    public static void Draw(Svg svg, Box box, JsonObject panel, Frame frame)
    {
        var columns = frame.Columns.Select(column => (Column: column, Look: Look.Of(panel, column))).Where(one => one.Look.Find("custom.hidden") is null).ToArray();
        var widths = Widths(columns, box.Width);
        var x = box.X;
        foreach (var ((column, look), width) in columns.Zip(widths))
        {
            svg.Clipped(x, box.Y, width - 6, box.Height, () => DrawColumn(svg, new(x + 8, box.Y, width - 14, box.Height), column, look));
            x += width;
        }

        for (var y = box.Y + RowHeight; y < box.Bottom; y += RowHeight) svg.Line(box.X, y, box.Right, y, Theme.Grid);
    }

    // What the panel says, else what the words need; all of them narrower, or the unsaid ones wider, until they fill the panel.
    private static double[] Widths((Column Column, Look Look)[] columns, double width)
    {
        var natural = columns.Select(one => (double?)one.Look.Find("custom.width") ?? 24 + (6.9 * one.Column.Values.Take(12).Select(value => one.Look.Cell(value).Text.Length).Append(one.Look.Name.Length + 1).Max())).ToArray();
        var free = columns.Select(one => one.Look.Find("custom.width") is null).ToArray();
        var rest = width - natural.Zip(free, (one, widens) => widens ? 0 : one).Sum();
        if (natural.Sum() > width && rest < 70 * free.Count(yes => yes)) return [.. natural.Select(one => one * width / natural.Sum())];
        if (natural.Sum() > width)
        {
            // The longest texts are cut first.
            var longest = natural.Where((_, i) => free[i]).Max();
            while (natural.Sum() > width) (natural, longest) = ([.. natural.Select((one, i) => free[i] ? Math.Min(one, longest) : one)], longest - 4);
            return natural;
        }

        if (!free.Contains(true)) Array.Fill(free, true);
        return [.. natural.Zip(free, (one, widens) => one + (widens ? (width - natural.Sum()) / free.Count(yes => yes) : 0))];
    }

    private static void DrawColumn(Svg svg, Box box, Column column, Look look)
    {
        var right = column.Type == "number";
        void Words(double y, string words, string color, string weight = "normal") => svg.Text(right ? box.Right : box.X, y, words, 11.5, color, right ? "end" : "start", weight);

        Words(box.Y + 16, look.Name, "#1f60c4", "600");
        for (var row = 0; row < Math.Min(column.Values.Count, (int)(box.Height / RowHeight) - 1); row++)
        {
            var y = box.Y + ((row + 1) * RowHeight);
            var (words, color) = look.Cell(column.Values[row]);
            if ((string?)look.Find("custom.cellOptions")?["type"] == "gauge" && column.Values[row] is double value)
            {
                var share = Math.Clamp((value - (look.Min ?? 0)) / ((look.Max ?? 1) - (look.Min ?? 0)), 0, 1);
                svg.Rect(box.X, y + 5, box.Width - 44, RowHeight - 10, Theme.Grid);
                svg.Rect(box.X, y + 5, (box.Width - 44) * share, RowHeight - 10, Theme.Named("green"));
            }

            Words(y + 16, words, color ?? (look.Find("links") is null ? Theme.Text : "#1f62e0"));
        }
    }
}
