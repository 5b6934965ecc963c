using System.Text.Json.Nodes;

namespace ViViT.Deploy.Tests;

/// <summary>Ways through a document of which any part may be absent.</summary>
internal static class Json
{
    /// <summary>What is at a path such as <c>spec/template/metadata</c>; null when it is absent.</summary>
    public static JsonNode? At(this JsonNode? node, string path)
    {
        foreach (var step in path.Split('/'))
        {
            node = node switch
            {
                JsonObject @object => @object[step.Replace("~1", "/", StringComparison.Ordinal)],
                JsonArray array when int.TryParse(step, out var place) && place < array.Count => array[place],
                _ => null,
            };
        }

        return node;
    }

    /// <summary>Its text as it would be written; null when it is absent.</summary>
    public static string? Text(this JsonNode? node, string path) => node.At(path)?.ToString();

    public static IEnumerable<JsonNode> Items(this JsonNode? node, string path) => node.At(path) is JsonArray array ? array.OfType<JsonNode>() : [];

    /// <summary>An object's members with their values as text.</summary>
    public static Dictionary<string, string> Pairs(this JsonNode? node, string path) =>
        node.At(path) is JsonObject members ? members.ToDictionary(member => member.Key, member => member.Value?.ToString() ?? "") : [];

    public static bool Holds(this JsonNode? node, string path, string text) => node.Text(path) == text;

    /// <summary>This and everything below it.</summary>
    public static IEnumerable<JsonNode> All(this JsonNode node) => node switch
    {
        JsonObject members => members.Select(member => member.Value).OfType<JsonNode>().SelectMany(All).Prepend(node),
        JsonArray items => items.OfType<JsonNode>().SelectMany(All).Prepend(node),
        _ => [node],
    };
}
