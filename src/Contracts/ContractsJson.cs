using System.Collections;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace ViViT.Contracts;

/// <summary>The one JSON form of the contracts: in the HTTP protocol, in rows, between agent and trainer, and in <c>-o json</c>.</summary>
public static class ContractsJson
{
    /// <summary>snake_case names and enum values; NaN and the infinities as strings, since a diverged loss is a legal value.</summary>
    public static JsonSerializerOptions Options { get; } = Create();

    /// <summary>An enum's value as JSON spells it.</summary>
    public static string Name<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());

    /// <summary>Applies the same rules to options that a framework created.</summary>
    public static void Configure(JsonSerializerOptions options)
    {
        options.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
        options.DictionaryKeyPolicy = null;
        options.NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals;
        options.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
        options.RespectNullableAnnotations = true;
        options.RespectRequiredConstructorParameters = true;
        options.TypeInfoResolver = (options.TypeInfoResolver ?? new DefaultJsonTypeInfoResolver()).WithAddedModifier(NullsMayBeLeftOut).WithAddedModifier(ListsHoldNoNull);
        options.Converters.Add(new UnicodeOnly());
        options.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false));
    }

    // Nulls are not written, so a parameter that may be null must not be required on the way back.
    private static void NullsMayBeLeftOut(JsonTypeInfo type)
    {
        foreach (var property in type.Properties.Where(property => property.AssociatedParameter is { IsNullable: true }))
        {
            property.IsRequired = false;
        }
    }

    // RespectNullableAnnotations does not look into lists and dictionaries; none of the contracts' holds a null.
    private static void ListsHoldNoNull(JsonTypeInfo type)
    {
        if (type is { Kind: JsonTypeInfoKind.Enumerable, ElementType.IsValueType: false })
        {
            type.OnDeserialized = list => Refuse(((IEnumerable)list).Cast<object?>());
        }

        if (type is { Kind: JsonTypeInfoKind.Dictionary, ElementType.IsValueType: false })
        {
            type.OnDeserialized = dictionary => Refuse(((IDictionary)dictionary).Values.Cast<object?>());
        }

        void Refuse(IEnumerable<object?> entries)
        {
            if (entries.Contains(null)) throw new JsonException($"null is no {type.ElementType!.Name}.");
        }
    }

    private static JsonSerializerOptions Create()
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.General);
        Configure(options);
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }

    /// <summary>
    /// Values that stay JSON. A text of theirs that is no Unicode (half of a surrogate pair) is refused here, as everywhere else in a message:
    /// an element tells of it only to whoever reads the text, long after, with an <see cref="InvalidOperationException"/>.
    /// </summary>
    private sealed class UnicodeOnly : JsonConverter<JsonElement>
    {
        public override JsonElement Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            var json = JsonElement.ParseValue(ref reader);
            try
            {
                ReadTexts(json);
                return json;
            }
            catch (InvalidOperationException broken)
            {
                throw new JsonException($"A text is no Unicode: {broken.Message}", broken);
            }
        }

        public override void Write(Utf8JsonWriter writer, JsonElement value, JsonSerializerOptions options) => value.WriteTo(writer);

        private static void ReadTexts(JsonElement json)
        {
            switch (json.ValueKind)
            {
                case JsonValueKind.String:
                    json.GetString();
                    break;
                case JsonValueKind.Array:
                    foreach (var entry in json.EnumerateArray()) ReadTexts(entry);
                    break;
                case JsonValueKind.Object:
                    foreach (var member in json.EnumerateObject())
                    {
                        _ = member.Name;
                        ReadTexts(member.Value);
                    }

                    break;
            }
        }
    }
}
