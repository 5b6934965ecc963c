using System.Diagnostics.Metrics;
using System.Diagnostics.Tracing;
using OpenTelemetry.Metrics;

namespace TelemetrySemantics;

/// <summary>What shares a name.</summary>
public class FamilyTests
{
    [Fact]
    public async Task Meters_that_share_a_name_share_a_family()
    {
        using var other = new Meter($"{nameof(FamilyTests)}.other");
        await using var app = await ScrapedApp.Start(metrics: all => all.AddMeter(other.Name));
        app.Meter.CreateObservableGauge("depth", () => 1, description: "how deep");
        app.Meter.CreateObservableGauge("between", () => 0);
        other.CreateObservableGauge("depth", () => 2, description: "how deep it is");

        var scrape = await app.Text();

        var depth = Array.FindAll(scrape.Split('\n'), line => line.Contains("depth", StringComparison.Ordinal));
        Assert.Equal(["# TYPE depth gauge", "# HELP depth how deep"], depth[..2]);
        Assert.Equal(4, depth.Length);
        Assert.Contains(string.Join('\n', depth), scrape, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_of_two_types_is_left_out_and_logged()
    {
        using var log = new ExporterLog();
        await using var app = await ScrapedApp.Start();
        app.Meter.CreateObservableGauge("waiting", () => 1, "s");
        app.Meter.CreateHistogram<double>("waiting.seconds").Record(1);
        app.Meter.CreateObservableGauge("depth", () => 1);

        var text = await app.Text();

        Assert.DoesNotContain("waiting", text, StringComparison.Ordinal);
        Assert.Contains("depth", text, StringComparison.Ordinal);
        Assert.Contains(log.Written, line => line.Contains("waiting_seconds", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Exponential_histograms_are_left_out()
    {
        await using var app = await ScrapedApp.Start(metrics: all => all.AddView("took", new Base2ExponentialBucketHistogramConfiguration()));
        app.Meter.CreateHistogram<double>("took").Record(1);
        app.Meter.CreateObservableGauge("depth", () => 1);

        Assert.Equal(["# TYPE depth gauge", "depth 1", ""], ScrapedApp.WithoutScope(await app.Text()).Split('\n'));
    }

    /// <summary>What any exporter of this process says meanwhile.</summary>
    private sealed class ExporterLog : EventListener
    {
        public System.Collections.Concurrent.ConcurrentBag<string> Written { get; } = [];

        protected override void OnEventSourceCreated(EventSource eventSource)
        {
            if (eventSource.Name == "OpenTelemetry-Exporter-Prometheus") EnableEvents(eventSource, EventLevel.Warning);
        }

        protected override void OnEventWritten(EventWrittenEventArgs eventData) => Written?.Add(string.Join(' ', eventData.Payload ?? new([])));
    }
}
