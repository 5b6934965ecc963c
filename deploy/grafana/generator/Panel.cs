namespace ViViT.Dashboards;

/// <summary>One panel: what it asks and how the answer is drawn. <see cref="Section"/> gives it its place.</summary>
public sealed record Panel(string Type, string Title, string Description, string Unit, int Width, params Query[] Queries)
{
    public int Height { get; init; } = 8;

    public object Options { get; init; } = new { };

    /// <summary>The kind of panel's own settings of a field.</summary>
    public object Custom { get; init; } = new { };

    public string? DisplayName { get; init; }

    public double? Min { get; init; }

    public double? Max { get; init; }

    public int? Decimals { get; init; }

    public bool States { get; init; }

    /// <summary>Values from which on a color holds, the first without a value.</summary>
    public IReadOnlyList<(string Color, double? From)> Thresholds { get; init; } = [("green", null)];

    public IReadOnlyList<FieldOverride> Overrides { get; init; } = [];

    public IReadOnlyList<object> Transformations { get; init; } = [];

    /// <summary>A variable: one such panel for each of its values, side by side.</summary>
    public string? Repeat { get; init; }

    public static object Legend { get; } = new { displayMode = "list", placement = "bottom", showLegend = true, calcs = Array.Empty<string>() };

    /// <summary>Over time, lines.</summary>
    public static Panel TimeSeries(string title, string description, string unit, int width, params Query[] queries) => new("timeseries", title, description, unit, width, queries)
    {
        Options = new { legend = Legend, tooltip = new { mode = "multi", sort = "desc" } },
        Custom = Lines(fill: 8),
    };

    /// <summary>Over time, areas upon each other.</summary>
    public static Panel Stacked(string title, string description, string unit, int width, params Query[] queries) =>
        TimeSeries(title, description, unit, width, queries) with { Custom = Lines(fill: 40, stacking: "normal"), Min = 0 };

    /// <summary>Over optimiser steps. The rows are long: <c>series</c>, <c>step</c> and a value, in order of series and step.</summary>
    public static Panel Trend(string title, string description, string unit, int width, Query query) => new("trend", title, description, unit, width, query)
    {
        Options = new { xField = "step", legend = Legend, tooltip = new { mode = "multi", sort = "desc" } },
        Custom = Lines(fill: 0),
        DisplayName = "${__field.labels.series}",
        Overrides = [FieldOverride.Named("step").Called("step").Unit("short").With("custom.axisLabel", "optimiser steps")],
        Transformations = [PartitionBy("series"), new { id = "joinByField", options = new { byField = "step", mode = "outer" } }],
    };

    /// <summary>One number, or one for each series.</summary>
    public static Panel Stat(string title, string description, string unit, int width, params Query[] queries) => new("stat", title, description, unit, width, [.. queries.Select(query => query.Now())])
    {
        Height = 4,
        Options = new { colorMode = "value", graphMode = "none", justifyMode = "auto", orientation = "auto", textMode = "auto", reduceOptions = new { calcs = (string[])["lastNotNull"], fields = "", values = false } },
    };

    /// <summary>One text.</summary>
    public static Panel StatText(string title, string description, int width, Query query) => Stat(title, description, "string", width, query) with
    {
        Options = new { colorMode = "value", graphMode = "none", justifyMode = "auto", orientation = "auto", textMode = "value", reduceOptions = new { calcs = (string[])["lastNotNull"], fields = "/.*/", values = false } },
    };

    public static Panel Table(string title, string description, int width, Query query) => new("table", title, description, "short", width, query)
    {
        Options = new { showHeader = true, cellHeight = "sm" },
        Custom = new { align = "auto", cellOptions = new { type = "auto" }, filterable = true },
    };

    /// <summary>Bars, a row of the table each.</summary>
    public static Panel BarGauge(string title, string description, string unit, int width, Query query) => new("bargauge", title, description, unit, width, query)
    {
        Options = new { displayMode = "basic", orientation = "horizontal", showUnfilled = true, valueMode = "color", namePlacement = "auto", sizing = "auto", reduceOptions = new { calcs = (string[])["lastNotNull"], fields = "", values = true } },
        Min = 0,
    };

    /// <summary>Who was in which state when: <c>time</c>, <c>series</c>, <c>state</c>.</summary>
    public static Panel StateTimeline(string title, string description, int width, Query query) => new("state-timeline", title, description, "string", width, query)
    {
        Options = new { mergeValues = true, showValue = "never", alignValue = "left", rowHeight = 0.85, legend = Legend, tooltip = new { mode = "single", sort = "none" } },
        Custom = new { fillOpacity = 85, lineWidth = 0 },
        DisplayName = "${__field.labels.series}",
        States = true,
        Transformations = [PartitionBy("series")],
    };

    /// <summary>Points: <c>series</c>, then x, then y.</summary>
    public static Panel Scatter(string title, string description, string unit, int width, string x, string y, Query query) => new("xychart", title, description, unit, width, query)
    {
        Options = new { mapping = "auto", series = new object[] { new { x = new { matcher = new { id = "byName", options = x } }, y = new { matcher = new { id = "byName", options = y } } } }, legend = Legend, tooltip = new { mode = "single", sort = "none" } },
        Custom = new { show = "points", pointSize = new { @fixed = 7 } },
        Transformations = [PartitionBy("series")],
    };

    internal object ToJson(int id, int x, int y) => new
    {
        id, type = Type, title = Title, description = Description, datasource = Query.DataSource(Queries[0].Source),
        gridPos = new { h = Height, w = Width, x, y },
        fieldConfig = new
        {
            defaults = Compact(new()
            {
                ["unit"] = Unit, ["min"] = Min, ["max"] = Max, ["decimals"] = Decimals, ["displayName"] = DisplayName, ["custom"] = Custom,
                ["color"] = new { mode = Type is "stat" or "bargauge" or "table" ? "thresholds" : "palette-classic" },
                ["mappings"] = States ? StateColors.Mappings : [],
                ["thresholds"] = new { mode = "absolute", steps = Thresholds.Select(step => new Dictionary<string, object?> { ["color"] = step.Color, ["value"] = step.From }) },
            }),
            overrides = Overrides.Select(one => one.ToJson()),
        },
        options = Options,
        transformations = Transformations,
        repeat = Repeat, repeatDirection = Repeat is null ? null : "h", maxPerRow = Repeat is null ? (int?)null : 3,
        targets = Queries.Select((query, index) => query.Target(index)),
    };

    private static object Lines(int fill, string stacking = "none") => new
    {
        drawStyle = "line", lineInterpolation = "linear", lineWidth = 1, fillOpacity = fill, showPoints = "never", spanNulls = true, stacking = new { group = "A", mode = stacking }, axisPlacement = "auto",
    };

    private static object PartitionBy(string column) => new { id = "partitionByValues", options = new { fields = (string[])[column], keepFields = false, naming = new { asLabels = true } } };

    private static Dictionary<string, object?> Compact(Dictionary<string, object?> all) => all.Where(one => one.Value is not null).ToDictionary(one => one.Key, one => one.Value);
}
