namespace ViViT.Dashboards;

/// <summary>A headline with its panels: from left to right, on the next line when 24 columns are full.</summary>
public sealed record Section(string Title, params Panel[] Panels)
{
    public const int Columns = 24;

    /// <summary>Places the section below <paramref name="y"/>.</summary>
    /// <returns>Where the next one begins.</returns>
    internal int Place(List<object> placed, int y)
    {
        placed.Add(new { id = placed.Count + 1, type = "row", title = Title, collapsed = false, gridPos = new { h = 1, w = Columns, x = 0, y }, panels = Array.Empty<object>() });
        y++;
        var (x, height) = (0, 0);
        foreach (var panel in Panels)
        {
            if (x + panel.Width > Columns) (x, y, height) = (0, y + height, 0);
            placed.Add(panel.ToJson(placed.Count + 1, x, y));
            (x, height) = (x + panel.Width, Math.Max(height, panel.Height));
        }

        return y + height;
    }
}
