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
        options.TypeInfoResolver = (options.TypeInfoResolver ?? new DefaultJsonTypeInfoResolver()).WithAddedModifier(NullsMayBeLeftOut);
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

    private static JsonSerializerOptions Create()
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.General);
        Configure(options);
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }
}
