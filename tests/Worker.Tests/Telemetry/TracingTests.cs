using System.Diagnostics;
using System.Text;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using ViViT.Worker.Tests.Support;

namespace ViViT.Worker.Tests.Telemetry;

/// <summary>The real program and a collector of traces.</summary>
public sealed class TracingTests : SiloTest
{
    [Fact]
    public async Task Spans_reach_the_collector_that_the_standard_variables_name()
    {
        var received = Channel.CreateUnbounded<byte[]>();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        await using var collector = builder.Build();
        collector.MapPost("/v1/traces", async context =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            received.Writer.TryWrite(body.ToArray());
        });
        await collector.StartAsync(TestContext.Current.CancellationToken);
        var trace = ActivityTraceId.CreateRandom();
        Silo.Trace = $"00-{trace}-{ActivitySpanId.CreateRandom()}-01";

        using var agent = new AgentProgram(
            Silo.Address, Folder, 1, ("OTEL_EXPORTER_OTLP_ENDPOINT", collector.Urls.First()), ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"), ("OTEL_BSP_SCHEDULE_DELAY", "100"));
        await Silo.Offer(TestWorker.Tiny()).Outcome;

        var all = "";
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!all.Contains("vivit.outcome", StringComparison.Ordinal)) all += Encoding.Latin1.GetString(await received.Reader.ReadAsync(patience.Token));
        Assert.All(["attempt", "load", "training", "checkpoint", "vivit-worker", "vivit.experiment"], name => Assert.Contains(name, all, StringComparison.Ordinal));
        Assert.Contains(Encoding.Latin1.GetString(Convert.FromHexString(trace.ToString())), all, StringComparison.Ordinal);
    }
}
