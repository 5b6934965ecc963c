using System.Diagnostics.Metrics;
using System.IO.Compression;
using System.Net;
using Microsoft.Extensions.DependencyInjection;

namespace TelemetrySemantics;

/// <summary>The endpoint over HTTP.</summary>
public class ScrapeTests
{
    private const string Text = "text/plain; version=0.0.4; charset=utf-8";
    private const string Open = "application/openmetrics-text; version=1.0.0; charset=utf-8; escaping=underscores";

    [Theory]
    [InlineData(null, Text)]
    [InlineData("", Text)]
    [InlineData("*/*", Text)]
    [InlineData("text/html, image/png;q=0.5", Text)]
    [InlineData("application/openmetrics-text", Open)]
    [InlineData("application/openmetrics-text; version=1.0.0; charset=utf-8", Open)]
    [InlineData("application/openmetrics-text; version=\"1.0.0\"", Open)]
    [InlineData("application/openmetrics-text; version=7.0.0", Text)]
    [InlineData("application/openmetrics-text;q=0", Text)]
    [InlineData("application/openmetrics-text;q=nonsense", Text)]
    [InlineData("text/plain;q=0.5, application/openmetrics-text;q=0.6", Open)]
    [InlineData("text/plain;q=0.6, application/openmetrics-text;q=0.5", Text)]
    [InlineData("text/plain, application/openmetrics-text", Text)]
    [InlineData("application/openmetrics-text, text/plain", Open)]
    // Prometheus 2 and 3.
    [InlineData("application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1", Open)]
    [InlineData("application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=0.0.4;q=0.3,*/*;q=0.2", Open)]
    public async Task The_best_accepted_format_answers_text_when_none_is_known(string? accept, string expected)
    {
        await using var app = await ScrapedApp.Start();
        app.Meter.CreateObservableGauge("depth", () => 1);

        using var answer = await app.Get(accept);

        Assert.Equal((HttpStatusCode.OK, expected), (answer.StatusCode, answer.Content.Headers.ContentType!.ToString()));
        Assert.Equal(expected == Open, (await answer.Content.ReadAsStringAsync()).EndsWith("# EOF\n", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("gzip", true)]
    [InlineData("br, GZIP;q=0.1", true)]
    [InlineData("gzip;q=0", false)]
    [InlineData("br", false)]
    [InlineData(null, false)]
    public async Task It_is_compressed_if_accepted(string? encoding, bool compressed)
    {
        await using var app = await ScrapedApp.Start();
        app.Meter.CreateObservableGauge("depth", () => 1);

        using var answer = await app.Get(encoding: encoding);

        Assert.Equal(compressed ? ["gzip"] : [], answer.Content.Headers.ContentEncoding);
        var body = await answer.Content.ReadAsStreamAsync();
        using var reader = new StreamReader(compressed ? new GZipStream(body, CompressionMode.Decompress) : body);
        Assert.Equal("# TYPE depth gauge\ndepth 1\n", ScrapedApp.WithoutScope(await reader.ReadToEndAsync()));
    }

    [Fact]
    public async Task No_metrics_are_an_empty_answer_with_its_end_mark()
    {
        await using var app = await ScrapedApp.Start();

        Assert.Equal("", await app.Text());
        Assert.Equal("# EOF\n", await app.Open());
    }

    [Fact]
    public async Task One_scrape_collects_at_a_time()
    {
        await using var app = await ScrapedApp.Start();
        var (inside, most, times) = (0, 0, 0);
        app.Meter.CreateObservableGauge("depth", () =>
        {
            most = Math.Max(most, Interlocked.Increment(ref inside));
            Thread.SpinWait(100_000);
            Interlocked.Decrement(ref inside);
            return ++times;
        });

        var scrapes = await Task.WhenAll(Enumerable.Range(0, 24).Select(number => number % 2 == 0 ? app.Text() : app.Open()));

        Assert.Equal(1, most);
        Assert.All(scrapes, scrape => Assert.Single(ScrapedApp.Lines(scrape, "depth "), line => line[0] != '#'));
    }

    [Fact]
    public async Task Soon_after_a_scrape_comes_the_same_answer_then_a_new_one()
    {
        var clock = new Clock();
        await using var app = await ScrapedApp.Start(options => options.ScrapeResponseCacheDurationMilliseconds = 300, services: all => all.AddSingleton<TimeProvider>(clock));
        var times = 0;
        app.Meter.CreateObservableGauge("depth", () => ++times);

        var first = await app.Text();
        clock.Advance(TimeSpan.FromMilliseconds(299));
        var second = await app.Text();
        clock.Advance(TimeSpan.FromMilliseconds(2));
        var third = await app.Text();

        Assert.Equal(first, second);
        Assert.Equal("depth 2", ScrapedApp.Lines(third, "depth")[^1]);
    }

    [Fact]
    public async Task A_scraper_that_waits_no_longer_gets_408_and_the_next_one_its_answer()
    {
        await using var app = await ScrapedApp.Start();
        using var slow = new ManualResetEventSlim();
        var collecting = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        app.Meter.CreateObservableGauge("depth", () =>
        {
            collecting.TrySetResult();
            slow.Wait();
            return 1;
        });

        var first = app.Get();
        await collecting.Task;   // the second one to come must be the impatient one
        using var impatient = await app.Get(patience: "0.05");
        slow.Set();

        Assert.Equal(HttpStatusCode.RequestTimeout, impatient.StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await first).StatusCode);
    }

    [Fact]
    public async Task A_scrape_beyond_the_limit_is_refused_whole()
    {
        await using var app = await ScrapedApp.Start(options => options.MaxScrapeResponseSizeBytes = 85_000);
        var counter = app.Meter.CreateCounter<int>("wide");
        for (var i = 0; i < 1_000; i++) counter.Add(1, new KeyValuePair<string, object?>("label", $"{i}-{new string('x', 100)}"));

        using var answer = await app.Get();

        Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
        Assert.Empty(await answer.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task A_gauge_that_throws_costs_its_own_value_only()
    {
        await using var app = await ScrapedApp.Start();
        app.Meter.CreateObservableGauge("broken", int () => throw new InvalidOperationException());
        app.Meter.CreateObservableGauge("depth", () => 1);

        Assert.Equal(["# TYPE depth gauge", "depth 1", ""], ScrapedApp.WithoutScope(await app.Text()).Split('\n'));
    }

    private sealed class Clock : TimeProvider
    {
        private long now;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public void Advance(TimeSpan by) => Interlocked.Add(ref now, by.Ticks);

        public override long GetTimestamp() => Interlocked.Read(ref now);
    }
}
