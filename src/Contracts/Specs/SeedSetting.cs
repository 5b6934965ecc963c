using System.Text.Json;
using System.Text.Json.Serialization;

namespace ViViT.Contracts.Specs;

/// <summary>The seeds that every cell is repeated with. Written as their number N (seeds 0 to N - 1) or as a list.</summary>
/// <param name="Number">How many, where only that is said.</param>
/// <param name="Listed">The seeds themselves, where they are said.</param>
[JsonConverter(typeof(Converter))]
public readonly record struct SeedSetting(int Number, IReadOnlyList<int>? Listed = null)
{
    /// <summary>How many replicates there are.</summary>
    public int Count => Listed?.Count ?? Number;

    /// <summary>The seed of one replicate.</summary>
    /// <param name="replicate">From 0, below <see cref="Count"/>.</param>
    public int this[int replicate] => Listed?[replicate] ?? replicate;

    public override string ToString() => Listed is null ? $"{Number}" : $"[{string.Join(", ", Listed)}]";

    private sealed class Converter : JsonConverter<SeedSetting>
    {
        public override SeedSetting Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.TokenType == JsonTokenType.Number
            ? new(reader.GetInt32())
            : new(0, JsonSerializer.Deserialize<int[]>(ref reader, options) ?? throw new JsonException("Seeds are a number or a list of whole numbers."));

        public override void Write(Utf8JsonWriter writer, SeedSetting value, JsonSerializerOptions options)
        {
            if (value.Listed is null) writer.WriteNumberValue(value.Number);
            else JsonSerializer.Serialize(writer, value.Listed, options);
        }
    }
}
