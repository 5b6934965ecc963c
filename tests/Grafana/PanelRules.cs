using System.Text.Json.Nodes;
using ViViT.Preview.Asking;

namespace ViViT.Grafana.Tests;

/// <summary>What each kind of panel needs to draw anything.</summary>
internal static class PanelRules
{
    // A curve of more points than pixels is a slow panel.
    private const int MostPoints = 510;

    /// <summary>The answer to one query.</summary>
    public static void CheckAnswer(JsonObject panel, Frame frame)
    {
        var (title, type) = ((string)panel["title"]!, (string)panel["type"]!);
        switch (type)
        {
            case "timeseries":
                Assert.Equal("time", frame.Columns[0].Type);
                Rising(title, Times(frame), strictly: false);
                Assert.All(frame.Columns.Skip(1), column => Assert.Equal("number", column.Type));
                break;
            case "trend":
                Assert.Equal("number", frame.Find("step")!.Type);
                Assert.All(frame.Columns.Where(column => column.Name != "series"), column => Assert.Equal("number", column.Type));
                break;
            case "state-timeline":
                Assert.Equal(("time", "string", "string"), (frame.Find("time")!.Type, frame.Find("series")!.Type, frame.Find("state")!.Type));
                break;
            case "xychart":
                Assert.Equal(["string", "number", "number"], frame.Columns.Select(column => column.Type));
                break;
            case "stat" when (string)panel["options"]!["textMode"]! == "value":
                Assert.Equal(("string", 1), (Assert.Single(frame.Columns).Type, frame.Rows));
                break;
            case "stat":
                Assert.Equal(("number", 1), (Assert.Single(frame.Columns).Type, frame.Rows));
                break;
            case "bargauge":
                Assert.Equal(["string", "number"], frame.Columns.Select(column => column.Type));
                break;
            default:
                Assert.Equal("table", type);
                break;
        }
    }

    /// <summary>The frames that the panel gets in the end.</summary>
    public static void CheckDrawn(JsonObject panel, IReadOnlyList<Frame> frames)
    {
        var title = (string)panel["title"]!;
        Assert.NotEmpty(frames);
        if ((string)panel["type"]! == "trend")
        {
            var frame = Assert.Single(frames); // Grafana: only one frame is supported
            Assert.InRange(frame.Rows, 1, MostPoints);
            Rising(title, frame.Find("step")!.Values.Select(step => (double)step!), strictly: true);
            foreach (var name in panel["fieldConfig"]!["overrides"]!.AsArray().Where(one => (string)one!["matcher"]!["id"]! == "byName").Select(one => (string)one!["matcher"]!["options"]!)) Assert.Contains(frame.Columns, column => column.Name == name);
        }

        if ((string)panel["type"]! != "state-timeline") return;
        foreach (var frame in frames)
        {
            Assert.Equal(["time", "state"], frame.Columns.Select(column => column.Name));
            Rising(title, Times(frame), strictly: false);
        }
    }

    private static IEnumerable<double> Times(Frame frame) => frame.Find("time")!.Values.Select(time => (double)((DateTimeOffset)time!).ToUnixTimeMilliseconds());

    private static void Rising(string title, IEnumerable<double> values, bool strictly)
    {
        var all = values.ToArray();
        for (var i = 1; i < all.Length; i++) Assert.True(strictly ? all[i] > all[i - 1] : all[i] >= all[i - 1], $"{title}: value {i} is not above the one before");
    }
}
