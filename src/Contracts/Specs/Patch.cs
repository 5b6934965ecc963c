using System.Text.Json;
using System.Text.Json.Serialization;

namespace ViViT.Contracts.Specs;

/// <summary>Extents of a patch in voxels along time (depth), height and width. Written <c>8</c> for a cube or <c>[2, 8, 8]</c>.</summary>
[JsonConverter(typeof(Converter))]
public readonly record struct Patch(int T, int H, int W)
{
    public override string ToString() => T == H && H == W ? $"{T}" : $"{T}x{H}x{W}";

    private sealed class Converter : JsonConverter<Patch>
    {
        public override Patch Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            if (reader.TokenType == JsonTokenType.Number)
            {
                var cube = reader.GetInt32();
                return new Patch(cube, cube, cube);
            }

            return JsonSerializer.Deserialize<int[]>(ref reader, options) is [var t, var h, var w]
                ? new Patch(t, h, w)
                : throw new JsonException("A patch is one number or a list of three: [time, height, width].");
        }

        public override void Write(Utf8JsonWriter writer, Patch value, JsonSerializerOptions options)
        {
            if (value.T == value.H && value.H == value.W)
            {
                writer.WriteNumberValue(value.T);
                return;
            }

            JsonSerializer.Serialize<int[]>(writer, [value.T, value.H, value.W], options);
        }
    }
}
