using System.Text.Json.Nodes;

namespace ViViT.Preview.Asking;

/// <summary>A dashboard as Grafana reads it from its file.</summary>
public sealed class DashboardFile(JsonObject json)
{
    public JsonObject Json { get; } = json;

    public string Uid => (string)Json["uid"]!;

    public string Title => (string)Json["title"]!;

    public IReadOnlyList<JsonObject> Variables => [.. Json["templating"]!["list"]!.AsArray().Select(one => one!.AsObject())];

    public IReadOnlyList<JsonObject> Annotations => [.. Json["annotations"]!["list"]!.AsArray().Select(one => one!.AsObject())];

    /// <summary>Rows and panels.</summary>
    public IReadOnlyList<JsonObject> Placed => [.. Json["panels"]!.AsArray().Select(one => one!.AsObject())];

    public IReadOnlyList<JsonObject> Panels => [.. Placed.Where(panel => (string)panel["type"]! != "row")];

    public static DashboardFile Load(string path) => new(JsonNode.Parse(File.ReadAllText(path))!.AsObject());

    public static IReadOnlyList<JsonObject> Targets(JsonObject panel) => [.. panel["targets"]!.AsArray().Select(one => one!.AsObject())];

    public static bool IsSql(JsonObject target) => (string?)target["datasource"]?["type"] == "grafana-postgresql-datasource";
}
