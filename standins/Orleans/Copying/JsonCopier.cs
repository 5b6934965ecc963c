using System.Text.Json;
using System.Text.Json.Nodes;

namespace Orleans.StandIn;

/// <summary>Copies the types it was told to by writing them as JSON and reading them back.</summary>
internal sealed class JsonCopier(Func<Type, bool> isSupported, Func<JsonSerializerOptions> options) : TypeCopier
{
    public bool Supports(Type type)
        => type == typeof(JsonElement) || type == typeof(JsonDocument) || type.IsAssignableTo(typeof(JsonNode)) || (!type.IsAbstract && isSupported(type));

    public override object Copy(object value, CopyContext context)
        => value is JsonNode node ? node.DeepClone()
            : JsonSerializer.Deserialize(JsonSerializer.SerializeToUtf8Bytes(value, value.GetType(), options()), value.GetType(), options())
                ?? throw new JsonException($"System.Text.Json returned null while deep copying an instance of type '{value.GetType()}'.");
}
