using System.Text.Json;
using System.Text.Json.Serialization;

namespace ViViT.Contracts.Specs;

/// <summary>How many experiments of a sweep may train as one stacked model. Written <c>auto</c>, <c>off</c> or a number from 1.</summary>
/// <param name="Size">Null: as many as pays on the device, found by measurement there.</param>
[JsonConverter(typeof(Converter))]
public readonly record struct GroupSetting(int? Size)
{
    public static GroupSetting Auto => default;

    public static GroupSetting Off => new(1);

    public override string ToString() => Size switch { null => "auto", 1 => "off", { } size => $"{size}" };

    /// <summary>The setting that the text means, or null.</summary>
    public static GroupSetting? Parse(string text) => text switch
    {
        "auto" => Auto,
        "off" => Off,
        _ => int.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out var size) ? new GroupSetting(size) : null,
    };

    private sealed class Converter : JsonConverter<GroupSetting>
    {
        public override GroupSetting Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.TokenType == JsonTokenType.Number
                ? new GroupSetting(reader.GetInt32())
                : Parse(reader.GetString() ?? "") ?? throw new JsonException("A group is 'auto', 'off' or a number.");

        public override void Write(Utf8JsonWriter writer, GroupSetting value, JsonSerializerOptions options)
        {
            if (value.Size is > 1 or < 1)
            {
                writer.WriteNumberValue(value.Size.Value);
                return;
            }

            writer.WriteStringValue(value.ToString());
        }
    }
}
