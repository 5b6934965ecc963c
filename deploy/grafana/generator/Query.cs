namespace ViViT.Dashboards;

/// <summary>Which of the two kinds of data source a query asks.</summary>
public enum Source
{
    /// <summary>Rows: sweeps, experiments, curves, events.</summary>
    Postgres,

    /// <summary>Counters and gauges of silo, workers and GPUs.</summary>
    Prometheus,
}

/// <summary>One question of a panel.</summary>
/// <param name="Format"><c>table</c>, or <c>time_series</c>: columns time, value and, for names, <c>metric</c>.</param>
/// <param name="Legend">Of Prometheus: how a series is called.</param>
public sealed record Query(Source Source, string Text, string Format, string? Legend = null)
{
    public static Query Sql(string text) => new(Source.Postgres, text, "table");

    /// <summary>Columns time (rising), metric (the series' name), value.</summary>
    public static Query SqlSeries(string text) => new(Source.Postgres, text, "time_series");

    public static Query Prom(string text, string legend) => new(Source.Prometheus, text, "time_series", legend);

    /// <summary>The same of Prometheus at the end of the time range only: a gauge that is gone by then has no value, not its last one.</summary>
    internal Query Now() => Source == Source.Prometheus ? this with { Format = "table" } : this;

    /// <summary>The data source that the dashboard's variable names.</summary>
    internal static object DataSource(Source source) => source == Source.Postgres
        ? new { type = "grafana-postgresql-datasource", uid = "${postgres_datasource}" }
        : new { type = "prometheus", uid = "${prometheus_datasource}" };

    internal object Target(int index)
    {
        var refId = ((char)('A' + index)).ToString();
        return Source == Source.Postgres
            ? new { refId, datasource = DataSource(Source), editorMode = "code", format = Format, rawQuery = true, rawSql = Text }
            : new { refId, datasource = DataSource(Source), editorMode = "code", expr = Text, legendFormat = Legend, instant = Format == "table", range = Format != "table", format = "time_series" };
    }
}
