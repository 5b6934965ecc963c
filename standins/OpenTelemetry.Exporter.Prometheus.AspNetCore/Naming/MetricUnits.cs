using System.Text;
using System.Text.RegularExpressions;

namespace OpenTelemetry.Exporter.Prometheus;

/// <summary>Units of UCUM as the words that Prometheus' names end in.</summary>
internal static partial class MetricUnits
{
    /// <summary><c>By</c> is bytes, <c>m/s</c> is meters_per_second, <c>{retry}</c> and <c>1</c> are nothing.</summary>
    public static string Word(string unit)
    {
        var bare = Annotation().Replace(unit, "");
        var slash = bare.IndexOf('/', StringComparison.Ordinal);
        return Sanitize(slash < 0 || slash == bare.Length - 1 ? Plural(bare) : $"{Plural(bare[..slash])}_per_{Singular(bare[(slash + 1)..])}");
    }

    private static string Plural(string unit) => unit switch
    {
        "d" => "days",
        "h" => "hours",
        "min" => "minutes",
        "s" => "seconds",
        "ms" => "milliseconds",
        "us" => "microseconds",
        "ns" => "nanoseconds",
        "By" or "B" => "bytes",
        "KiBy" => "kibibytes",
        "MiBy" => "mebibytes",
        "GiBy" => "gibibytes",
        "TiBy" => "tibibytes",
        "KBy" or "KB" => "kilobytes",
        "MBy" or "MB" => "megabytes",
        "GBy" or "GB" => "gigabytes",
        "TBy" or "TB" => "terabytes",
        "m" => "meters",
        "V" => "volts",
        "A" => "amperes",
        "J" => "joules",
        "W" => "watts",
        "g" => "grams",
        "Cel" => "celsius",
        "Hz" => "hertz",
        "%" => "percent",
        "$" => "dollars",
        "1" => "",
        _ => unit,
    };

    private static string Singular(string unit) => unit switch
    {
        "s" => "second",
        "m" => "minute",
        "h" => "hour",
        "d" => "day",
        "w" => "week",
        "mo" => "month",
        "y" => "year",
        _ => unit,
    };

    private static string Sanitize(string words)
    {
        var sane = new StringBuilder(words.Length);
        foreach (var letter in words)
        {
            if (char.IsAsciiLetterOrDigit(letter) || letter == ':') sane.Append(letter);
            else if (sane.Length > 0 && sane[^1] != '_') sane.Append('_');
        }

        return sane.ToString().TrimEnd('_');
    }

    [GeneratedRegex(@"\{[^}]*\}")]
    private static partial Regex Annotation();
}
