using System.Text;
using System.Text.Json;

namespace ViViT.TestKit.Fuzzing;

/// <content>JSON is edited as text, so that a key may stand there twice and a number may be one that no type holds.</content>
public sealed partial class Mutator
{
    /// <summary>Every kind of value, each at its worst.</summary>
    public static IReadOnlyList<string> HostileJson { get; } =
    [
        "null", "true", "false", "0", "-1", "1", "0.5", "-0.0", "2147483647", "2147483648", "-2147483648", "9223372036854775807", "-9223372036854775808",
        "9223372036854775808", "1152921504606846976", "1e19", "1e400", "-1e400", "1e-400", new('9', 400), "\"NaN\"", "\"Infinity\"", "\"-Infinity\"",
        "\"\"", "\" \"", "\"7\"", "\"\\u0000\"", "\"a\\u0000b\"", "\"\\ud800\"", "\"\\udc00x\"", "\"../../etc/passwd\"", "\"/etc/passwd\"", "\".\"", "\"é😀\\n\"",
        "\"0001-01-01T00:00:00+00:00\"", "\"9999-12-31T23:59:59.9999999+00:00\"", "\"2026-01-01T00:00:00+14:00\"",
        $"\"{new string('x', 3_000)}\"", "[]", "[null]", "[[]]", "[0, 0]", "{}", "{\"a\": 1}", "{\"\": null}", "{\"a\": 1, \"a\": 2}", "{\"\\ud800\": 1}",
        Nested("[", "]", 30), Nested("[", "]", 5_000), Nested("{\"a\":", "}", 30), Nested("{\"a\":", "}", 5_000),
    ];

    private static readonly string[] HostileKeys = ["\"\"", "\"nobody_reads_this\"", "\"\\ud800\"", "\"\\u0000\"", "\"__proto__\"", "\"$type\""];

    /// <summary>One to three edits of a JSON text; the outcome is mostly, not always, JSON.</summary>
    public byte[] Json(string whole)
    {
        var json = Encoding.UTF8.GetBytes(whole);
        for (var edits = 1 + Below(3); edits > 0; edits--) json = EditJson(json);
        return OneIn(8) ? Bytes(json) : json;
    }

    private byte[] EditJson(byte[] json)
    {
        var parts = Parts(json);
        if (parts.Count == 0) return json;
        var part = Pick(parts);
        return Below(9) switch
        {
            0 => Splice(json, part.Start..part.End, json[Pick(parts).Value]), // what stands elsewhere
            1 => Splice(json, Comma(json, part.Start, part.End), []),
            2 => Splice(json, part.End..part.End, [(byte)',', .. json[part.Start..part.End]]), // twice
            3 when part.Key.End.Value > part.Key.Start.Value => Splice(json, part.Key, Encoding.UTF8.GetBytes(Pick(HostileKeys))),
            4 => Splice(json, part.Value, [(byte)'[', .. json[part.Value], (byte)']']),
            _ => Splice(json, part.Value, Encoding.UTF8.GetBytes(Pick(HostileJson))),
        };
    }

    // Every value with its key; as far as the text can be read.
    private static List<Part> Parts(byte[] json)
    {
        var parts = new List<Part>();
        var open = new Stack<(int Start, Range Key)>();
        var key = new Range(0, 0);
        var reader = new Utf8JsonReader(json);
        try
        {
            while (reader.Read())
            {
                var (start, end) = ((int)reader.TokenStartIndex, (int)reader.BytesConsumed);
                switch (reader.TokenType)
                {
                    case JsonTokenType.PropertyName:
                        key = start..(start + reader.ValueSpan.Length + 2);
                        continue;
                    case JsonTokenType.StartObject or JsonTokenType.StartArray:
                        open.Push((start, key));
                        break;
                    case JsonTokenType.EndObject or JsonTokenType.EndArray:
                        var begun = open.Pop();
                        parts.Add(new(begun.Key, begun.Start..end));
                        break;
                    default:
                        parts.Add(new(key, start..end));
                        break;
                }

                key = new Range(0, 0);
            }
        }
        catch (JsonException)
        {
            // An earlier edit broke it here.
        }

        return parts;
    }

    // With the comma before or behind it, if there is one.
    private static Range Comma(byte[] json, int start, int end) =>
        end < json.Length && json[end] == ',' ? start..(end + 1) : start > 0 && json[start - 1] == ',' ? (start - 1)..end : start..end;

    private static byte[] Splice(byte[] json, Range old, byte[] text) => [.. json[..old.Start], .. text, .. json[old.End..]];

    private static string Nested(string open, string close, int depth) =>
        new StringBuilder().Insert(0, open, depth).Append('1').Insert(open.Length * depth + 1, close, depth).ToString();

    private readonly record struct Part(Range Key, Range Value)
    {
        /// <summary>Of the key if it has one.</summary>
        public int Start => Key.End.Value > Key.Start.Value ? Key.Start.Value : Value.Start.Value;

        public int End => Value.End.Value;
    }
}
