using System.Diagnostics;
using System.Diagnostics.Metrics;
using OpenTelemetry.Resources;

namespace TelemetrySemantics;

/// <summary>Attributes as labels.</summary>
public class LabelTests
{
    [Fact]
    public async Task Names_are_made_fit_and_sorted()
    {
        await using var app = await ScrapedApp.Start();
        app.Meter.CreateCounter<int>("seen").Add(1, new("zone", "b"), new("http.route", "/x"), new("1st", "y"));

        Assert.Equal(["""seen_total{_1st="y",http_route="/x",zone="b"} 1"""], ScrapedApp.Lines(await app.Text(), "seen_total{"));
    }

    [Fact]
    public async Task Values_are_written_alike_in_every_culture()
    {
        await using var app = await ScrapedApp.Start();
        app.Meter.CreateCounter<int>("seen").Add(1, new TagList { { "yes", true }, { "no", false }, { "whole", 12345 }, { "part", 0.5 }, { "round", 3.0 }, { "exact", 1.50m } });

        Assert.Equal(["""seen_total{exact="1.50",no="false",part="0.5",round="3.0",whole="12345",yes="true"} 1"""], ScrapedApp.Lines(await app.Text(), "seen_total{"));
    }

    [Fact]
    public async Task Quotation_marks_backslashes_and_line_ends_are_escaped()
    {
        await using var app = await ScrapedApp.Start();
        app.Meter.CreateCounter<int>("seen", description: "A \"back\\slash\"\nand a line").Add(1, new KeyValuePair<string, object?>("text", "a\"b\\c\nd"));

        Assert.Contains("""{text="a\"b\\c\nd"} 1""", ScrapedApp.WithoutScope(await app.Text()), StringComparison.Ordinal);
        Assert.Equal(["""# HELP seen_total A "back\\slash"\nand a line"""], ScrapedApp.Lines(await app.Text(), "# HELP"));
        Assert.Equal(["""# HELP seen A \"back\\slash\"\nand a line"""], ScrapedApp.Lines(await app.Open(), "# HELP"));
    }

    [Fact]
    public async Task Attributes_that_become_the_same_label_share_it()
    {
        await using var app = await ScrapedApp.Start();
        app.Meter.CreateCounter<int>("seen").Add(1, new("a_b", "2"), new("a.b", "1"));

        Assert.Equal(["""seen_total{a_b="1;2"} 1"""], ScrapedApp.Lines(await app.Text(), "seen_total{"));
    }

    [Fact]
    public async Task A_histogram_keeps_its_le_to_itself()
    {
        await using var app = await ScrapedApp.Start();
        app.Meter.CreateHistogram("took", advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [1] }, unit: null, description: null, tags: null)
            .Record(0.5, new("le", "mine"), new("pool", "a"));

        Assert.Equal(["""took_bucket{pool="a",le="1"} 1""", """took_bucket{pool="a",le="+Inf"} 1"""], ScrapedApp.Lines(await app.Text(), "took_bucket"));
    }

    [Fact]
    public async Task Every_series_names_its_meter_unless_told_not_to()
    {
        await using var named = await ScrapedApp.Start();
        named.Meter.CreateObservableGauge("depth", () => 1);
        await using var bare = await ScrapedApp.Start(options => options.ScopeInfoEnabled = false);
        bare.Meter.CreateObservableGauge("depth", () => 1);

        Assert.Contains($"depth{{otel_scope_name=\"{named.Meter.Name}\",otel_scope_version=\"1.2\"}} 1\n", await named.Text(), StringComparison.Ordinal);
        Assert.Contains("depth 1\n", await bare.Text(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_resource_is_told_once_and_on_every_series_if_wanted()
    {
        await using var app = await ScrapedApp.Start(
            options => options.ResourceConstantLabels = key => key == "cluster",
            resource: about => about.Clear().AddAttributes([new("service.name", "silo"), new("cluster", "east"), new("gpu", true)]));
        app.Meter.CreateObservableGauge("depth", () => 1);
        const string Info = """target_info{cluster="east",gpu="true",service_name="silo"} 1""";

        var (text, open) = (await app.Text(), await app.Open());

        Assert.StartsWith($"# TYPE target_info gauge\n# HELP target_info Target metadata\n{Info}\n", text, StringComparison.Ordinal);
        Assert.StartsWith($"# TYPE target info\n# HELP target Target metadata\n{Info}\n", open, StringComparison.Ordinal);
        Assert.Equal(["""depth{cluster="east"} 1"""], ScrapedApp.Lines(text, "depth{"));
    }

    [Fact]
    public async Task The_resource_can_be_kept_quiet()
    {
        await using var app = await ScrapedApp.Start(
            options => options.TargetInfoEnabled = false,
            resource: about => about.Clear().AddAttributes([new("service.name", "silo")]));

        Assert.Equal("", await app.Text());
    }
}
