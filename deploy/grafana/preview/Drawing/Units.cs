using System.Globalization;

namespace ViViT.Preview.Drawing;

/// <summary>Values as Grafana writes them in a unit.</summary>
internal static class Units
{
    public static string Format(double value, string unit, int? decimals) => double.IsFinite(value) ? Finite(value, unit, decimals) : value.ToString(CultureInfo.InvariantCulture);

    private static string Finite(double value, string unit, int? decimals) => unit switch
    {
        "percentunit" => $"{Round(value * 100, decimals)}%",
        "percent" => $"{Round(value, decimals)}%",
        "s" => Seconds(value, decimals),
        "bytes" => Scaled(value, 1024, decimals, "B", "KiB", "MiB", "GiB", "TiB"),
        "mbytes" => Scaled(value, 1024, decimals, "MiB", "GiB", "TiB"),
        "Bps" => Scaled(value, 1000, decimals, "B/s", "kB/s", "MB/s", "GB/s"),
        "short" => Scaled(value, 1000, decimals, "", "K", "Mil", "Bil"),
        "cps" => Scaled(value, 1000, decimals, "c/s", "Kc/s", "Mc/s"),
        "reqps" => $"{Round(value, decimals)} req/s",
        "watt" => Scaled(value, 1000, decimals, "W", "kW"),
        "celsius" => $"{Round(value, decimals)} °C",
        "rotmhz" => $"{Round(value, decimals)} MHz",
        _ => Round(value, decimals),
    };

    public static string Time(DateTimeOffset time) => time.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    private static string Seconds(double value, int? decimals) => Math.Abs(value) switch
    {
        0 => "0 s",
        < 0.001 => $"{Round(value * 1e6, decimals)} µs",
        < 1 => $"{Round(value * 1000, decimals)} ms",
        < 60 => $"{Round(value, decimals)} s",
        < 3600 => $"{Round(value / 60, decimals)} min",
        < 86400 => $"{Round(value / 3600, decimals)} h",
        _ => $"{Round(value / 86400, decimals)} d",
    };

    private static string Scaled(double value, double step, int? decimals, params string[] names)
    {
        var size = 0;
        while (Math.Abs(value) >= step && size < names.Length - 1) (value, size) = (value / step, size + 1);
        return $"{Round(value, decimals)} {names[size]}".TrimEnd();
    }

    // Three digits unless the panel says how many places.
    private static string Round(double value, int? decimals) => decimals is { } places
        ? value.ToString($"F{places}", CultureInfo.InvariantCulture)
        : Math.Abs(value) is >= 100 or 0 ? Math.Round(value).ToString(CultureInfo.InvariantCulture) : double.Parse(value.ToString("G3", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture).ToString("0.############", CultureInfo.InvariantCulture);
}
