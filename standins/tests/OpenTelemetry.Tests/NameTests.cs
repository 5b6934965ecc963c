using OpenTelemetry.Metrics;

namespace TelemetrySemantics;

/// <summary>How instruments are called in a scrape.</summary>
public class NameTests
{
    [Theory]
    [InlineData("vivit.queue.depth", null, "vivit_queue_depth")]
    [InlineData("vivit.queue.oldest.age", "s", "vivit_queue_oldest_age_seconds")]
    [InlineData("vivit.queue.oldest_age_seconds", "s", "vivit_queue_oldest_age_seconds")]
    [InlineData("memory", "By", "memory_bytes")]
    [InlineData("latency", "ms", "latency_milliseconds")]
    [InlineData("power", "W", "power_watts")]
    [InlineData("heat", "Cel", "heat_celsius")]
    [InlineData("share", "%", "share_percent")]
    [InlineData("ratio", "1", "ratio")]
    [InlineData("jobs", "{job}", "jobs")]
    [InlineData("sent", "By{packet}", "sent_bytes")]
    [InlineData("speed", "m/s", "speed_meters_per_second")]
    [InlineData("asked", "{request}/s", "asked_per_second")]
    [InlineData("odd", "fur longs", "odd_fur_longs")]
    [InlineData("a-b/c_-.d", null, "a_b_c_d")]
    [InlineData("Kept_CASE", null, "Kept_CASE")]
    public async Task A_gauge_is_called_by_its_name_with_its_unit_as_a_word(string name, string? unit, string expected)
    {
        await using var app = await ScrapedApp.Start();
        app.Meter.CreateObservableGauge(name, () => 7, unit);

        Assert.Equal([$"# TYPE {expected} gauge", $"{expected} 7"], ScrapedApp.Lines(await app.Text(), expected));
        Assert.Equal($"{expected} 7", ScrapedApp.Lines(await app.Open(), expected)[^1]);
    }

    [Theory]
    [InlineData("leases.granted", null, "leases_granted_total", "leases_granted")]
    [InlineData("leases.total", null, "leases_total", "leases")]
    [InlineData("written", "By", "written_bytes_total", "written_bytes")]
    [InlineData("written_bytes_total", "By", "written_bytes_total", "written_bytes")]
    public async Task A_counter_ends_in_total_once_and_after_its_unit(string name, string? unit, string sample, string family)
    {
        await using var app = await ScrapedApp.Start();
        app.Meter.CreateCounter<long>(name, unit).Add(5);

        // Text knows the whole name only; OpenMetrics' lines about it leave the ending away.
        Assert.Equal([$"# TYPE {sample} counter", $"{sample} 5"], ScrapedApp.Lines(await app.Text(), sample));
        var open = await app.Open();
        Assert.Contains($"# TYPE {family} counter\n", open, StringComparison.Ordinal);
        Assert.Equal([$"{sample} 5"], ScrapedApp.Lines(open, sample));
    }

    [Fact]
    public async Task The_ending_total_can_be_left_away_in_text_only()
    {
        await using var app = await ScrapedApp.Start(options => options.DisableTotalNameSuffixForCounters = true);
        app.Meter.CreateCounter<long>("grants").Add(1);

        Assert.Equal(["# TYPE grants counter", "grants 1"], ScrapedApp.Lines(await app.Text(), "grants"));
        Assert.Contains("grants_total 1", ScrapedApp.Lines(await app.Open(), "grants"));
    }

    [Fact]
    public async Task An_up_down_counter_is_a_gauge()
    {
        await using var app = await ScrapedApp.Start();
        app.Meter.CreateUpDownCounter<int>("held").Add(3);
        app.Meter.CreateObservableUpDownCounter("seen", () => 2.5);

        Assert.Equal(["# TYPE held gauge", "held 3"], ScrapedApp.Lines(await app.Text(), "held"));
        Assert.Equal(["# TYPE seen gauge", "seen 2.5"], ScrapedApp.Lines(await app.Open(), "seen"));
    }

    [Fact]
    public async Task The_unit_is_told_in_OpenMetrics_and_only_there()
    {
        await using var app = await ScrapedApp.Start();
        app.Meter.CreateCounter<double>("waited", "s").Add(0.5);

        Assert.Equal(["# UNIT waited_seconds seconds"], ScrapedApp.Lines(await app.Open(), "# UNIT"));
        Assert.Empty(ScrapedApp.Lines(await app.Text(), "# UNIT"));
    }

    [Fact]
    public async Task A_view_renames()
    {
        await using var app = await ScrapedApp.Start(metrics: all => all.AddView("old.name", "new.name"));
        app.Meter.CreateObservableGauge("old.name", () => 1);

        Assert.Equal(["new_name 1"], ScrapedApp.Lines(await app.Text(), "_name ")[1..]);
    }
}
