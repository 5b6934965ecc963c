namespace ViViT.Dashboards;

/// <summary>A choice at the head of a dashboard.</summary>
public sealed record Variable(string Name, string Label, string Description, string Type, object Query, Source? Asks = null, bool Multi = false)
{
    /// <summary>Which Postgres; the provisioned one by default.</summary>
    public static Variable Postgres { get; } = new("postgres_datasource", "Postgres data source", "The database that the silos write.", "datasource", "grafana-postgresql-datasource");

    /// <summary>Which Prometheus; the provisioned one by default.</summary>
    public static Variable Prometheus { get; } = new("prometheus_datasource", "Prometheus data source", "What scrapes silos and workers.", "datasource", "prometheus");

    /// <summary>The pools that a metric tells of, all of them by default.</summary>
    public static Variable Pool { get; } = new("pool", "Pool", "Pools of workers.", "query", "label_values(vivit_worker_slots, pool)", Source.Prometheus, Multi: true);

    /// <summary>Options are rows; the first is the default. Columns <c>__text</c> and <c>__value</c>, or one column that is both.</summary>
    public static Variable Sql(string name, string label, string description, string sql, bool multi = false) => new(name, label, description, "query", sql, Source.Postgres, multi);

    internal object ToJson() => Type == "datasource"
        ? new
        {
            name = Name, label = Label, description = Description, type = Type, query = Query, refresh = 1, regex = "", hide = 0, multi = false, includeAll = false,
            current = new { selected = false, text = Query is "prometheus" ? "ViViT Prometheus" : "ViViT Postgres", value = Query is "prometheus" ? "vivit-prometheus" : "vivit-postgres" },
            options = Array.Empty<object>(),
        }
        : new
        {
            name = Name, label = Label, description = Description, type = Type, datasource = Dashboards.Query.DataSource(Asks!.Value), definition = (string)Query,
            query = Asks == Source.Prometheus ? new { qryType = 1, query = (string)Query, refId = "PrometheusVariableQueryEditor-VariableQuery" } : Query,
            refresh = 2, regex = "", hide = 0, sort = 0, multi = Multi, includeAll = Multi, allValue = Multi && Asks == Source.Prometheus ? ".*" : null,
            current = Multi ? (object)new { selected = true, text = (string[])["All"], value = (string[])["$__all"] } : new { },
            options = Array.Empty<object>(),
        };
}
