using System.Text.Json.Nodes;

namespace ViViT.Deploy.Tests.Cluster;

/// <summary>A label selector of Kubernetes.</summary>
internal static class Selector
{
    /// <summary>Whether a selector chooses what has these labels. An empty one chooses everything, an absent one nothing.</summary>
    public static bool Chooses(JsonNode? selector, IReadOnlyDictionary<string, string> labels) => selector is JsonObject
        && selector.Pairs("matchLabels").All(pair => labels.GetValueOrDefault(pair.Key) == pair.Value)
        && selector.Items("matchExpressions").All(expression => Holds(expression, labels));

    private static bool Holds(JsonNode expression, IReadOnlyDictionary<string, string> labels)
    {
        var value = labels.GetValueOrDefault(expression.Text("key")!);
        var values = expression.Items("values").Select(item => item.ToString());
        return expression.Text("operator") switch
        {
            "In" => value is not null && values.Contains(value),
            "NotIn" => value is null || !values.Contains(value),
            "Exists" => value is not null,
            "DoesNotExist" => value is null,
            var other => throw new NotSupportedException($"{other} is no operator of a selector"),
        };
    }
}
