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
        var fixedWidth = columns.Sum(one => (double?)one.Look.Find("custom.width") ?? 0);
        var free = columns.Count(one => one.Look.Find("custom.width") is null);
        var shrink = fixedWidth + (free * 60) > box.Width ? (box.Width - (free * 60)) / fixedWidth : 1;
        var rest = free == 0 ? 0 : (box.Width - (fixedWidth * shrink)) / free;
        var x = box.X;
        foreach (var (column, look) in columns)
        {
            var width = (double?)look.Find("custom.width") * shrink ?? rest;
            svg.Clipped(x, box.Y, width - 6, box.Height, () => DrawColumn(svg, new(x + 8, box.Y, width - 14, box.Height), column, look));
            x += width;
        }

        for (var y = box.Y + RowHeight; y < box.Bottom; y += RowHeight) svg.Line(box.X, y, box.Right, y, Theme.Grid);
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
