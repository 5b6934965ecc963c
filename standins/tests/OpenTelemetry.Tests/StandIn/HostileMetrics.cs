using System.Diagnostics.Metrics;

namespace TelemetrySemantics.StandIn;

/// <summary>Instruments with the worst names, units, descriptions and attributes that the SDK lets through; the same seed makes the same ones.</summary>
internal sealed class HostileMetrics(int seed)
{
    private static readonly string[] Heads = ["a", "a.b", "A", "a_b", "a-b/c", "x__y", "z9", "up", "a.total", "le", "a..b"];
    private static readonly string[] Tails = ["", "", "", "_total", ".total", "_count", "_sum", "_bucket", "_created", "_info", "_seconds", "_", "/", ".1"];
    private static readonly string?[] Units = [null, "", "s", "By", "1", "{x}", "m/s", "/s", "s/", "%", "é", "\n", "\"", "a b", "{", "}", "_", "seconds", "total", "count"];
    private static readonly string?[] Texts = [null, "", "plain", "line\nline", "quote\"quote", "back\\slash", "\\n", "\r", "\0", "é😀", "\ud800", "\udc00x", "# EOF", "{a=\"b\"} 1", "   ", "\u2028", "\t"];
    private static readonly string[] Keys =
        ["", " ", "a", "a.b", "a_b", "A", "1", "9a", "le", "quantile", "__name__", "__address__", "_", "job", "instance", "otel_scope_name", "otel.scope.name", "é", "\n", "\"", "a\"}", "=", "\ud800", new string('k', 300)];

    private readonly Random random = new(seed);

    public void Create(Meter meter, int count)
    {
        for (var left = count; left > 0; left--) Create(meter);
    }

    private void Create(Meter meter)
    {
        var (name, unit, help) = (Pick(Heads) + Pick(Tails), Pick(Units), Pick(Texts));
        switch (random.Next(6))
        {
            case 0:
                var whole = meter.CreateCounter<long>(name, unit, help);
                Repeat(() => whole.Add(random.NextInt64(), Tags()));
                break;
            case 1:
                var part = meter.CreateCounter<double>(name, unit, help);
                Repeat(() => part.Add(random.NextDouble(), Tags()));
                break;
            case 2:
                var both = meter.CreateUpDownCounter<int>(name, unit, help);
                Repeat(() => both.Add(random.Next(-9, 9), Tags()));
                break;
            case 3:
                var seen = Enumerable.Range(0, random.Next(1, 5)).Select(_ => new Measurement<double>(Value(), Tags())).ToArray();
                meter.CreateObservableGauge(name, () => seen, unit, help);
                break;
            case 4:
                var gauge = meter.CreateGauge<long>(name, unit, help);
                Repeat(() => gauge.Record(random.NextInt64(long.MinValue, long.MaxValue), Tags()));
                break;
            default:
                var bounds = Enumerable.Range(0, random.Next(0, 5)).Select(_ => Math.Round(random.NextDouble() * Math.Pow(10, random.Next(-9, 12)), 3) - (random.Next(4) == 0 ? 1 : 0)).Distinct().Order().ToArray();
                var took = meter.CreateHistogram(name, unit, help, tags: null, new InstrumentAdvice<double> { HistogramBucketBoundaries = bounds });
                Repeat(() => took.Record(random.NextDouble() * Math.Pow(10, random.Next(-9, 12)), Tags()));
                break;
        }
    }

    private void Repeat(Action measure)
    {
        for (var times = random.Next(0, 5); times > 0; times--) measure();
    }

    private KeyValuePair<string, object?>[] Tags() => [.. Enumerable.Range(0, random.Next(0, 4)).Select(_ => new KeyValuePair<string, object?>(Pick(Keys), Tag()))];

    private object? Tag() => random.Next(8) switch
    {
        0 => random.Next(2) == 0,
        1 => Value(),
        2 => random.Next(),
        3 => new string?[] { Pick(Texts), "b" },
        _ => Pick(Texts),
    };

    private double Value() => random.Next(6) switch { 0 => double.NaN, 1 => double.PositiveInfinity, 2 => double.NegativeInfinity, 3 => -0.0, 4 => double.Epsilon, _ => random.NextDouble() * 1e6 };

    private T Pick<T>(T[] from) => from[random.Next(from.Length)];
}
