using System.Globalization;
using System.Net;
using System.Text;

namespace ViViT.Preview.Drawing;

/// <summary>A picture as text: shapes are appended in the order in which they cover each other.</summary>
internal sealed class Svg
{
    private readonly StringBuilder text = new();
    private int clips;

    public override string ToString() => text.ToString();

    public void Rect(double x, double y, double width, double height, string fill, double opacity = 1, string? stroke = null, double radius = 0) =>
        Add($"<rect x='{N(x)}' y='{N(y)}' width='{N(Math.Max(0, width))}' height='{N(Math.Max(0, height))}' fill='{fill}' fill-opacity='{N(opacity)}' rx='{N(radius)}'{(stroke is null ? "" : $" stroke='{stroke}'")}/>");

    public void Line(double x1, double y1, double x2, double y2, string stroke, double width = 1) =>
        Add($"<line x1='{N(x1)}' y1='{N(y1)}' x2='{N(x2)}' y2='{N(y2)}' stroke='{stroke}' stroke-width='{N(width)}'/>");

    public void Circle(double x, double y, double radius, string fill) => Add($"<circle cx='{N(x)}' cy='{N(y)}' r='{N(radius)}' fill='{fill}' fill-opacity='0.75'/>");

    public void Path(IReadOnlyList<(double X, double Y)> points, string stroke, double width)
    {
        if (points.Count > 0 && width > 0) Add($"<polyline points='{Points(points)}' fill='none' stroke='{stroke}' stroke-width='{N(width)}' stroke-linejoin='round'/>");
    }

    public void Area(IReadOnlyList<(double X, double Y)> upper, IReadOnlyList<(double X, double Y)> lower, string fill, double opacity)
    {
        if (upper.Count > 0 && lower.Count > 0) Add($"<polygon points='{Points(upper)} {Points([.. lower.Reverse()])}' fill='{fill}' fill-opacity='{N(opacity)}'/>");
    }

    /// <param name="anchor"><c>start</c>, <c>middle</c>, <c>end</c>.</param>
    public void Text(double x, double y, string words, double size = 11, string fill = Theme.Text, string anchor = "start", string weight = "normal") =>
        Add($"<text x='{N(x)}' y='{N(y)}' font-size='{N(size)}' fill='{fill}' text-anchor='{anchor}' font-weight='{weight}'>{WebUtility.HtmlEncode(words)}</text>");

    /// <summary>What is drawn inside shows only within the rectangle.</summary>
    public void Clipped(double x, double y, double width, double height, Action draw)
    {
        var id = $"clip{++clips}";
        Add($"<clipPath id='{id}'><rect x='{N(x)}' y='{N(y)}' width='{N(Math.Max(0, width))}' height='{N(Math.Max(0, height))}'/></clipPath><g clip-path='url(#{id})'>");
        draw();
        Add("</g>");
    }

    private void Add(string shape) => text.Append(shape).Append('\n');

    private static string Points(IReadOnlyList<(double X, double Y)> points) => string.Join(' ', points.Select(point => $"{N(point.X)},{N(point.Y)}"));

    private static string N(double value) => Math.Round(value, 1).ToString(CultureInfo.InvariantCulture);
}

/// <summary>Grafana's light colors.</summary>
internal static class Theme
{
    public const string Page = "#f4f5f5";
    public const string Panel = "#ffffff";
    public const string Border = "#dcdcde";
    public const string Grid = "#e8e8ea";
    public const string Text = "#24292e";
    public const string Faint = "#6e7075";

    private static readonly string[] Classic =
        ["#7eb26d", "#eab839", "#6ed0e0", "#ef843c", "#e24d42", "#1f78c1", "#ba43a9", "#705da0", "#508642", "#cca300", "#447ebc", "#c15c17", "#890f02", "#0a437c", "#6d1f62", "#584477", "#b7dbab", "#f4d598", "#70dbed", "#f9ba8f"];

    public static string Series(int index) => Classic[index % Classic.Length];

    public static string Named(string color) => color switch { "green" => "#56a64b", "red" => "#e02f44", "orange" => "#ff780a", _ => color };
}
