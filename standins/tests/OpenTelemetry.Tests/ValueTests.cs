using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using OpenTelemetry.Metrics;

namespace TelemetrySemantics;

/// <summary>Numbers, histograms, exemplars.</summary>
public class ValueTests
{
    [Theory]
    [InlineData(0.1, "0.1")]
    [InlineData(1e-7, "1E-07")]
    [InlineData(1e22, "1E+22")]
    [InlineData(0.30000000000000004, "0.30000000000000004")]
    [InlineData(-2.5, "-2.5")]
    [InlineData(double.NaN, "NaN")]
    [InlineData(double.PositiveInfinity, "+Inf")]
    [InlineData(double.NegativeInfinity, "-Inf")]
    public async Task A_number_has_as_few_digits_as_it_takes_to_read_it_back(double value, string expected)
    {
        await using var app = await ScrapedApp.Start();
        app.Meter.CreateObservableGauge("value", () => value);

        Assert.Equal($"value {expected}", ScrapedApp.Lines(await app.Text(), "value")[^1]);
        Assert.Equal($"value {expected}", ScrapedApp.Lines(await app.Open(), "value")[^1]);
    }

    [Fact]
    public async Task A_histogram_counts_upwards_to_infinity()
    {
        await using var app = await ScrapedApp.Start();
        var took = Histogram(app, "took", "s", 0.005, 1, 2.5e6);
        foreach (var value in (double[])[0.001, 0.005, 0.5, 7e6]) took.Record(value, new KeyValuePair<string, object?>("pool", "a"));

        Assert.Equal(
            ["# TYPE took_seconds histogram",
             """took_seconds_bucket{pool="a",le="0.005"} 2""", """took_seconds_bucket{pool="a",le="1"} 3""", """took_seconds_bucket{pool="a",le="2500000"} 3""",
             """took_seconds_bucket{pool="a",le="+Inf"} 4""", """took_seconds_sum{pool="a"} 7000000.506""", """took_seconds_count{pool="a"} 4"""],
            ScrapedApp.Lines(await app.Text(), "took"));
    }

    [Fact]
    public async Task OpenMetrics_bounds_have_one_form_and_tell_that_they_are_no_integers()
    {
        await using var app = await ScrapedApp.Start();
        Histogram(app, "took", null, 0, 0.00001, 0.0005, 0.25, 1, 12.5, 100000, 1000000, 1.5e12).Record(2e12);

        var bounds = ScrapedApp.Lines(await app.Open(), "took_bucket").Select(line => line.Split('"')[^2]);

        Assert.Equal(["0.0", "1e-05", "0.0005", "0.25", "1.0", "12.5", "100000.0", "1e+06", "1.5e+12", "+Inf"], bounds);
    }

    [Fact]
    public async Task A_histogram_without_bounds_still_has_its_last_bucket()
    {
        await using var app = await ScrapedApp.Start(metrics: all => all.AddView("took", new ExplicitBucketHistogramConfiguration { Boundaries = [] }));
        app.Meter.CreateHistogram<double>("took").Record(2);

        Assert.Equal(["# TYPE took histogram", """took_bucket{le="+Inf"} 1""", "took_sum 2", "took_count 1"], ScrapedApp.Lines(await app.Text(), "took"));
    }

    [Fact]
    public async Task With_negative_bounds_OpenMetrics_has_neither_sum_nor_count()
    {
        await using var app = await ScrapedApp.Start();
        Histogram(app, "drift", null, -1, 1).Record(-3);

        Assert.Equal(["drift_sum -3", "drift_count 1"], ScrapedApp.Lines(await app.Text(), "drift")[^2..]);
        Assert.DoesNotContain(ScrapedApp.Lines(await app.Open(), "drift"), line => line.Contains("_sum", StringComparison.Ordinal) || line.Contains("_count", StringComparison.Ordinal));
    }

    [Fact]
    public async Task OpenMetrics_ends_with_its_mark_and_tells_since_when_a_counter_counts()
    {
        await using var app = await ScrapedApp.Start();
        app.Meter.CreateCounter<int>("grants").Add(1);

        var open = await app.Open();

        Assert.EndsWith("\n# EOF\n", open, StringComparison.Ordinal);
        Assert.DoesNotContain("\n\n", open, StringComparison.Ordinal);
        var created = double.Parse(ScrapedApp.Lines(open, "grants_created")[0].Split(' ')[1], CultureInfo.InvariantCulture);
        Assert.InRange(created, new DateTimeOffset(2025, 1, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeSeconds(), TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() + 1);
        Assert.DoesNotContain("_created", await app.Text(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Counters_and_buckets_carry_the_trace_of_a_measurement()
    {
        await using var app = await ScrapedApp.Start(metrics: all => all.SetExemplarFilter(ExemplarFilterType.TraceBased));
        var (grants, took) = (app.Meter.CreateCounter<long>("grants"), Histogram(app, "took", null, 1, 2));
        using var source = new ActivitySource(app.Meter.Name);
        using var listener = new ActivityListener { ShouldListenTo = one => one == source, Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded };
        ActivitySource.AddActivityListener(listener);
        using (var span = source.StartActivity("lease"))
        {
            grants.Add(3);
            took.Record(1.5);
            var exemplar = $"# {{trace_id=\"{span!.TraceId}\",span_id=\"{span.SpanId}\"}}";

            var open = await app.Open();

            Assert.StartsWith($"grants_total 3 {exemplar} 3 1", ScrapedApp.Lines(open, "grants_total")[0], StringComparison.Ordinal);
            Assert.Equal("""took_bucket{le="1.0"} 0""", ScrapedApp.Lines(open, "took_bucket")[0]);
            Assert.StartsWith($"took_bucket{{le=\"2.0\"}} 1 {exemplar} 1.5 1", ScrapedApp.Lines(open, "took_bucket")[1], StringComparison.Ordinal);
            Assert.Equal("""took_bucket{le="+Inf"} 1""", ScrapedApp.Lines(open, "took_bucket")[2]);
        }

        Assert.DoesNotContain("trace_id", await app.Text(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_exemplar_stays_within_128_characters_and_keeps_its_trace()
    {
        await using var app = await ScrapedApp.Start(metrics: all =>
            all.SetExemplarFilter(ExemplarFilterType.AlwaysOn).AddView("grants", new MetricStreamConfiguration { TagKeys = [] }));
        app.Meter.CreateCounter<long>("grants").Add(1, new("long", new string('x', 200)), new("short", "yes"));

        Assert.StartsWith("""grants_total 1 # {short="yes"} 1 """, ScrapedApp.Lines(await app.Open(), "grants_total")[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_label_set_that_a_gauge_no_longer_observes_is_gone_from_the_next_scrape()
    {
        await using var app = await ScrapedApp.Start();
        string[] pools = ["a", "b"];
        app.Meter.CreateObservableGauge("depth", () => pools.Select(pool => new Measurement<int>(1, new KeyValuePair<string, object?>("pool", pool))));
        Assert.Equal(2, ScrapedApp.Lines(await app.Text(), "depth{").Length);

        pools = ["b"];

        Assert.Equal(["""depth{pool="b"} 1"""], ScrapedApp.Lines(await app.Text(), "depth{"));
    }

    private static Histogram<double> Histogram(ScrapedApp app, string name, string? unit, params double[] bounds) =>
        app.Meter.CreateHistogram(name, unit, description: null, tags: null, new InstrumentAdvice<double> { HistogramBucketBoundaries = bounds });
}
