using System.Globalization;

namespace OpenTelemetry.Exporter.Prometheus;

/// <summary>Numbers as the formats write them, in every culture, and never more digits than it takes to read the same number back.</summary>
internal static class Numbers
{
    public static string Of(double value) => value switch
    {
        double.PositiveInfinity => "+Inf",
        double.NegativeInfinity => "-Inf",
        double.NaN => "NaN",
        _ => value.ToString(CultureInfo.InvariantCulture),
    };

    public static string Of(long value) => value.ToString(CultureInfo.InvariantCulture);

    public static string Seconds(DateTimeOffset at) => Of((at - DateTimeOffset.UnixEpoch).Ticks / (double)TimeSpan.TicksPerSecond);

    /// <summary>
    /// OpenMetrics' canonical form of the numbers that name a series: Go's <c>%g</c>, with <c>.0</c> where nothing else tells that it is no
    /// integer. One number has one form, or a bucket would be two series.
    /// </summary>
    public static string Canonical(double value)
    {
        if (!double.IsFinite(value)) return Of(value);
        if (value == 0) return "0.0";
        var (digits, exponent) = Digits(Math.Abs(value));
        var text = exponent switch
        {
            < -4 or >= 6 => $"{digits[0]}{(digits.Length > 1 ? $".{digits[1..]}" : "")}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}",
            < 0 => $"0.{new string('0', -exponent - 1)}{digits}",
            _ when digits.Length <= exponent + 1 => $"{digits.PadRight(exponent + 1, '0')}.0",
            _ => $"{digits[..(exponent + 1)]}.{digits[(exponent + 1)..]}",
        };
        return value < 0 ? $"-{text}" : text;
    }

    // value = d.ddd x 10^exponent, without zeros at either end.
    private static (string Digits, int Exponent) Digits(double value)
    {
        var parts = value.ToString(CultureInfo.InvariantCulture).Split('E');
        var point = parts[0].IndexOf('.', StringComparison.Ordinal);
        var exponent = (point < 0 ? parts[0].Length : point) - 1 + (parts.Length > 1 ? int.Parse(parts[1], CultureInfo.InvariantCulture) : 0);
        var all = parts[0].Replace(".", "", StringComparison.Ordinal);
        var digits = all.TrimStart('0');
        return (digits.TrimEnd('0'), exponent - (all.Length - digits.Length));
    }
}
