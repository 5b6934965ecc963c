using System.Text.Json.Nodes;
using ViViT.Preview.Asking;

namespace ViViT.Preview.Drawing;

/// <summary>A whole dashboard: Grafana's grid of 24 columns, each panel at its place with what it was answered.</summary>
public sealed class Page(Asker asker, DashboardFile dashboard, Choices choices, TimeWindow window)
{
    private const double Width = 1480;
    private const double Unit = 30;
    private const double Gap = 8;
    private const double Head = 64;

    private readonly Svg svg = new();

    /// <summary>The picture and its size.</summary>
    public async Task<(string Svg, int Width, int Height)> Draw()
    {
        var marks = await Marks();
        var (bottom, shift) = (0.0, 0);
        foreach (var panel in dashboard.Placed)
        {
            var place = panel["gridPos"]!;
            var (x, y, w, h) = ((int)place["x"]!, (int)place["y"]! + shift, (int)place["w"]!, (int)place["h"]!);
            if ((string)panel["type"]! == "row")
            {
                svg.Text(Gap + 4, Top(y) + 20, "⌄  " + choices.Title((string)panel["title"]!), 14, Theme.Text, "start", "600");
                continue;
            }

            if ((string?)panel["repeat"] is { } name)
            {
                // As many as there are values, a few to a line; what lies below moves down.
                var (values, across) = (choices[name], Math.Min((int)panel["maxPerRow"]!, choices[name].Values.Count));
                for (var i = 0; i < values.Values.Count; i++)
                {
                    var one = choices.With(values with { Values = [values.Values[i]], Texts = [values.Texts[i]] });
                    await DrawPanel(panel, one, Place(i % across * (24 / across), y + (i / across * h), 24 / across, h), marks);
                }

                shift += ((values.Values.Count + across - 1) / across - 1) * h;
                y += ((values.Values.Count + across - 1) / across - 1) * h;
            }
            else
            {
                await DrawPanel(panel, choices, Place(x, y, w, h), marks);
            }

            bottom = Math.Max(bottom, Top(y + h));
        }

        var height = bottom + Gap;
        var frame = new Svg();
        frame.Rect(0, 0, Width, height, Theme.Page);
        frame.Text(Gap + 4, 26, dashboard.Title, 18, Theme.Text, "start", "600");
        frame.Text(Width - Gap, 26, $"{Units.Time(window.From)} to {Units.Time(window.To)} UTC", 12, Theme.Faint, "end");
        var chosen = dashboard.Variables.Where(variable => (string)variable["type"]! != "datasource").Select(variable => $"{variable["label"]}: {Shown(choices[(string)variable["name"]!])}");
        frame.Text(Gap + 4, 50, string.Join("     ", chosen), 12, Theme.Faint);
        return ($"<svg xmlns='http://www.w3.org/2000/svg' width='{Width}' height='{Math.Ceiling(height)}' font-family='Inter, DejaVu Sans, Helvetica, Arial, sans-serif'>\n{frame}{svg}</svg>\n", (int)Width, (int)Math.Ceiling(height));
    }

    private static string Shown(Choice choice) => choice.AllValue is not null || choice.Texts.Count > 3 ? "All" : string.Join(" + ", choice.Texts);

    private static double Top(int y) => Head + (y * (Unit + Gap));

    private static Box Place(int x, int y, int w, int h)
    {
        var column = (Width - Gap) / 24;
        return new(Gap + (x * column), Top(y), (w * column) - Gap, (h * (Unit + Gap)) - Gap);
    }

    private async Task DrawPanel(JsonObject panel, Choices here, Box box, IReadOnlyList<Mark> marks)
    {
        var frames = await asker.Ask(panel, here, window);
        svg.Rect(box.X, box.Y, box.Width, box.Height, Theme.Panel, 1, Theme.Border, 3);
        svg.Clipped(box.X, box.Y, box.Width, box.Height, () =>
        {
            svg.Text(box.X + 10, box.Y + 20, here.Title((string)panel["title"]!), 13, Theme.Text, "start", "600");
            var inside = box.Inset(4, 30, 4, 4);
            switch ((string)panel["type"]!)
            {
                case "table": TablePanel.Draw(svg, inside, panel, frames[0]); break;
                case "stat": NumberPanels.Stat(svg, inside, panel, frames); break;
                case "bargauge": NumberPanels.BarGauge(svg, inside, panel, frames[0]); break;
                case "state-timeline": TimelinePanel.Draw(svg, inside, panel, frames, window); break;
                default: PlotPanel.Draw(svg, inside, panel, frames, window, marks); break;
            }
        });
    }

    private async Task<IReadOnlyList<Mark>> Marks()
    {
        var marks = new List<Mark>();
        foreach (var annotation in dashboard.Annotations)
        {
            var frame = (await asker.AskSql((string)annotation["target"]!["rawSql"]!, "table", choices, window))[0];
            for (var row = 0; row < frame.Rows; row++) marks.Add(new((DateTimeOffset)frame.Find("time")!.Values[row]!, (DateTimeOffset?)frame.Find("timeend")?.Values[row], (string)annotation["iconColor"]!));
        }

        return marks;
    }
}
