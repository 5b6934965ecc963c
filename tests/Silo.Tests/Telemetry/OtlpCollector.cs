using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace ViViT.Silo.Tests.Telemetry;

/// <summary>A span as it arrived.</summary>
internal sealed record Span(string TraceId, string SpanId, string ParentId, string Name, ulong Start, ulong End, IReadOnlyDictionary<string, string> Tags, int Status)
{
    public bool IsRoot => ParentId.Length == 0;
}

/// <summary>Takes traces by OTLP over HTTP and decodes what the tests ask for.</summary>
internal sealed class OtlpCollector : IAsyncDisposable
{
    private readonly ConcurrentQueue<Span> spans = new();
    private readonly WebApplication app;

    private OtlpCollector()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        app = builder.Build();
        app.MapPost("/v1/traces", async (HttpRequest request) =>
        {
            using var body = new MemoryStream();
            await request.Body.CopyToAsync(body);
            foreach (var span in Spans(body.ToArray())) spans.Enqueue(span);
            return Results.Bytes([], "application/x-protobuf");
        });
    }

    public IReadOnlyCollection<Span> Received => spans;

    /// <summary>What a silo is told so that it sends its traces here, soon.</summary>
    public (string Name, string Value)[] Settings =>
        [("OTEL_EXPORTER_OTLP_ENDPOINT", app.Urls.Single()), ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"), ("OTEL_BSP_SCHEDULE_DELAY", "50")];

    public static async Task<OtlpCollector> Start()
    {
        var collector = new OtlpCollector();
        await collector.app.StartAsync();
        return collector;
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    // ExportTraceServiceRequest.resource_spans = 1, ResourceSpans.scope_spans = 2, ScopeSpans.spans = 2.
    private static IEnumerable<Span> Spans(byte[] request) =>
        Fields(request).Where(field => field.Number == 1).SelectMany(resource => Fields(resource.Bytes)).Where(field => field.Number == 2)
            .SelectMany(scope => Fields(scope.Bytes)).Where(field => field.Number == 2).Select(span => Decode([.. Fields(span.Bytes)]));

    private static Span Decode(List<Field> span)
    {
        byte[] Bytes(int number) => span.FirstOrDefault(field => field.Number == number)?.Bytes ?? [];
        var tags = span.Where(field => field.Number == 9).Select(field => Fields(field.Bytes).ToList()).ToDictionary(
            pair => Encoding.UTF8.GetString(pair.Single(field => field.Number == 1).Bytes),
            pair => Fields(pair.Single(field => field.Number == 2).Bytes).Single() is { Number: 1 } text ? Encoding.UTF8.GetString(text.Bytes) : $"{Fields(pair.Single(field => field.Number == 2).Bytes).Single().Value}");
        return new(
            Convert.ToHexStringLower(Bytes(1)), Convert.ToHexStringLower(Bytes(2)), Convert.ToHexStringLower(Bytes(4)), Encoding.UTF8.GetString(Bytes(5)),
            span.Single(field => field.Number == 7).Value, span.Single(field => field.Number == 8).Value, tags, (int)(Fields(Bytes(15)).FirstOrDefault(field => field.Number == 3)?.Value ?? 0));
    }

    // Protocol Buffers: a key of number and wire type, then a varint (0), eight bytes (1), a length and so many bytes (2), or four bytes (5).
    private static IEnumerable<Field> Fields(byte[] message)
    {
        for (var at = 0; at < message.Length;)
        {
            var key = Varint();
            var (number, type) = ((int)(key >> 3), (int)(key & 7));
            var (value, bytes) = (0UL, Array.Empty<byte>());
            switch (type)
            {
                case 0:
                    value = Varint();
                    break;
                case 1:
                    value = BinaryPrimitives.ReadUInt64LittleEndian(message.AsSpan(at));
                    at += 8;
                    break;
                case 2:
                    var length = (int)Varint();
                    bytes = message[at..(at + length)];
                    at += length;
                    break;
                case 5:
                    value = BinaryPrimitives.ReadUInt32LittleEndian(message.AsSpan(at));
                    at += 4;
                    break;
                default:
                    throw new InvalidDataException($"No wire type {type} in Protocol Buffers.");
            }

            yield return new(number, value, bytes);

            ulong Varint()
            {
                for (var (result, shift) = (0UL, 0); ; shift += 7)
                {
                    result |= (ulong)(message[at] & 0x7f) << shift;
                    if ((message[at++] & 0x80) == 0) return result;
                }
            }
        }
    }

    private sealed record Field(int Number, ulong Value, byte[] Bytes);
}
