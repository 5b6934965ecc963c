using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ViViT.Contracts;

/// <summary>Number of a sweep: unique in one deployment, rises with time, written as a plain number everywhere.</summary>
[JsonConverter(typeof(Converter))]
public readonly record struct SweepId(long Value)
{
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);

    private sealed class Converter : JsonConverter<SweepId>
    {
        public override SweepId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => new(reader.GetInt64());

        public override void Write(Utf8JsonWriter writer, SweepId value, JsonSerializerOptions options) => writer.WriteNumberValue(value.Value);
    }
}

/// <summary>Number of an experiment: unique in one deployment over all sweeps, rises with time, written as a plain number everywhere.</summary>
[JsonConverter(typeof(Converter))]
public readonly record struct ExperimentId(long Value)
{
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);

    private sealed class Converter : JsonConverter<ExperimentId>
    {
        public override ExperimentId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => new(reader.GetInt64());

        public override void Write(Utf8JsonWriter writer, ExperimentId value, JsonSerializerOptions options) => writer.WriteNumberValue(value.Value);
    }
}
