namespace ViViT.Dashboards;

/// <summary>Marks on everything that is drawn over time: columns time, timeend, text, tags.</summary>
public sealed record Annotation(string Name, string Color, string Sql)
{
    internal object ToJson() => new
    {
        name = Name, enable = true, hide = false, iconColor = Color, datasource = Query.DataSource(Source.Postgres),
        target = new { refId = "Anno", editorMode = "code", format = "table", rawQuery = true, rawSql = Sql },
    };
}
