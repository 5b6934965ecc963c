using System.Text;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using ViViT.TestKit;

namespace TelemetrySemantics.StandIn;

/// <summary>Whatever is measured, a scrape keeps the rules of its format. The genuine exporter lets some of these break a scrape.</summary>
public class HostileTests
{
    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task No_instrument_and_no_attribute_breaks_a_scrape(bool scopes, bool withoutTotal)
    {
        for (var seed = 1; seed <= 60; seed++)
        {
            await using var app = await Hostile(seed, 25, scopes, withoutTotal);

            var text = ParsedScrape.Read(await Strict(await app.Get()), open: false);
            var open = ParsedScrape.Read(await Strict(await app.Get(ScrapedApp.OpenMetrics)), open: true);

            Assert.True(text.Types.Count > 5 && open.Types.Count > 5, $"seed {seed} left {text.Types.Count} and {open.Types.Count} families");
            if (seed % 10 == 0 && await Promtool.Run(["check", "metrics"], await app.Text()) is var (code, said)) Assert.True(code is 0 or 3, $"seed {seed}: {said}");
        }
    }

    [Fact]
    public async Task Both_formats_say_the_same_of_what_both_can_say()
    {
        for (var seed = 100; seed < 120; seed++)
        {
            await using var app = await Hostile(seed, 6, scopes: true, withoutTotal: false);

            var text = ParsedScrape.Read(await app.Text(), open: false).Values.Where(Comparable).ToDictionary();
            var open = ParsedScrape.Read(await app.Open(), open: true).Values.Where(Comparable).ToDictionary();

            foreach (var (series, value) in open) Assert.True(!text.TryGetValue(series, out var same) || same.Equals(value), series);
            Assert.True(open.Keys.Intersect(text.Keys).Count() >= open.Count / 2, $"seed {seed}: {string.Join('\n', open.Keys.Except(text.Keys))}");
        }

        static bool Comparable(KeyValuePair<string, double> sample) => !sample.Key.Contains("le=\"", StringComparison.Ordinal) && !sample.Key.Contains("_created{", StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_series_that_stands_twice_stands_once()
    {
        await using var app = await ScrapedApp.Start();
        app.Meter.CreateCounter<int>("seen", description: "one").Add(1);
        app.Meter.CreateCounter<int>("seen", description: "other").Add(2);

        Assert.Single(ScrapedApp.Lines(await app.Text(), "seen_total"), line => line[0] != '#');
    }

    [Fact]
    public async Task A_gauge_named_as_a_sample_of_a_histogram_is_left_out()
    {
        await using var app = await ScrapedApp.Start();
        app.Meter.CreateHistogram<double>("took").Record(1);
        app.Meter.CreateObservableGauge("took.count", () => 17);

        Assert.Equal(["took_count 1"], ScrapedApp.Lines(await app.Text(), "took_count"));
    }

    [Fact]
    public async Task Labels_that_are_Prometheus_own_lose_their_underscores()
    {
        await using var app = await ScrapedApp.Start();
        app.Meter.CreateCounter<int>("seen").Add(1, new KeyValuePair<string, object?>("__name__", "up"));

        Assert.Equal(["""seen_total{_name_="up"} 1"""], ScrapedApp.Lines(await app.Text(), "seen_total{"));
    }

    [Fact]
    public async Task A_list_is_JSON()
    {
        await using var app = await ScrapedApp.Start();
        app.Meter.CreateCounter<int>("seen").Add(1, new KeyValuePair<string, object?>("pools", new[] { "a", "b" }));

        Assert.Equal(["""seen_total{pools="[\"a\",\"b\"]"} 1"""], ScrapedApp.Lines(await app.Text(), "seen_total{"));
    }

    internal static async Task<ScrapedApp> Hostile(int seed, int instruments, bool scopes, bool withoutTotal, Action<Microsoft.AspNetCore.Builder.WebApplication>? map = null)
    {
        var app = await ScrapedApp.Start(
            options => (options.ScopeInfoEnabled, options.DisableTotalNameSuffixForCounters) = (scopes, withoutTotal),
            resource: about => about.Clear().AddAttributes([new("service.name", "hostile\"\n"), new("__name__", "x"), new("yes", true)]),
            metrics: all => all.SetExemplarFilter(ExemplarFilterType.AlwaysOn),
            map: map);
        new HostileMetrics(seed).Create(app.Meter, instruments);
        return app;
    }

    private static async Task<string> Strict(HttpResponseMessage answer) =>
        new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true).GetString(await answer.EnsureSuccessStatusCode().Content.ReadAsByteArrayAsync());
}
