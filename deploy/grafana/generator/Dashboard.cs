using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ViViT.Dashboards;

/// <summary>A dashboard in Grafana's classic form, as it is provisioned from a file.</summary>
/// <param name="Uid">Fixed for ever: links and bookmarks name it.</param>
/// <param name="From">The time range that it opens with, up to now.</param>
public sealed record Dashboard(string Uid, string Title, string Description, string From, Variable[] Variables, Annotation[] Annotations, Section[] Sections)
{
    /// <summary>Grafana 12's and 13's version of the classic form.</summary>
    public const int SchemaVersion = 42;

    private static readonly (string Uid, string Title)[] All =
    [
        ("vivit-sweep", "Sweep"), ("vivit-experiment", "Experiment"), ("vivit-fleet", "Fleet"),
        ("vivit-gpu", "GPU nodes"), ("vivit-store", "Store"), ("vivit-service", "Service levels"),
    ];

    private static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    public string ToJson()
    {
        var (placed, y) = (new List<object>(), 0);
        foreach (var section in Sections) y = section.Place(placed, y);
        return JsonSerializer.Serialize(new
        {
            uid = Uid, title = Title, description = Description, tags = (string[])["vivit"], schemaVersion = SchemaVersion, version = 1,
            editable = false, graphTooltip = 1, timezone = "browser", refresh = "30s", time = new { from = From, to = "now" }, timepicker = new { }, fiscalYearStartMonth = 0, liveNow = false, weekStart = "",
            links = All.Where(other => other.Uid != Uid).Select(other => new
            {
                title = other.Title, type = "link", url = $"/d/{other.Uid}", icon = "dashboard", tooltip = $"The dashboard '{other.Title}'", keepTime = true, includeVars = false, targetBlank = false, asDropdown = false, tags = Array.Empty<string>(),
            }),
            annotations = new { list = Annotations.Select(annotation => annotation.ToJson()) },
            templating = new { list = Variables.Select(variable => variable.ToJson()) },
            panels = placed,
        }, Json) + "\n";
    }
}
