namespace ViViT.Preview.Drawing;

/// <summary>Names below a plot, as many as find room in three rows.</summary>
internal static class Legend
{
    private const int MostRows = 3;

    public static int Rows(IEnumerable<string> names, double width) => Places(names, width - 16).Select(place => place.Row + 1).DefaultIfEmpty(0).Max();

    public static void Draw(Svg svg, Box box, IEnumerable<(string Name, string Color)> all)
    {
        var entries = all.ToArray();
        foreach (var ((name, color), (x, row)) in entries.Zip(Places(entries.Select(entry => entry.Name), box.Width)))
        {
            svg.Rect(box.X + x, box.Y + (row * 15) + 5, 11, 3, color);
            svg.Text(box.X + x + 15, box.Y + (row * 15) + 10, name, 10.5);
        }
    }

    private static IEnumerable<(double X, int Row)> Places(IEnumerable<string> names, double width)
    {
        var (x, row) = (0.0, 0);
        foreach (var name in names)
        {
            var wide = 30 + (name.Length * 5.9);
            if (x > 0 && x + wide > width) (x, row) = (0, row + 1);
            if (row == MostRows) yield break;
            yield return (x, row);
            x += wide;
        }
    }
}
