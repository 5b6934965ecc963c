using System.Globalization;
using System.Text.RegularExpressions;

namespace ViViT.Preview.Asking;

/// <summary>
/// What Grafana's Postgres data source does to a statement on the server, after variables were put in: <c>$__name(arguments)</c>. Arguments end at the
/// first closing parenthesis, and a name that it does not know is an error.
/// </summary>
public static partial class SqlMacros
{
    /// <exception cref="FormatException">The macro is unknown or lacks an argument.</exception>
    public static string Expand(string sql, TimeWindow window) => Macro().Replace(sql, match =>
    {
        var arguments = match.Groups[2].Value.Split(',').Select(argument => argument.Trim(' ')).ToArray();
        // A column list that goes on after the group names it.
        var alias = match.Groups[1].Value == "__timeGroup" && sql.AsSpan(match.Index + match.Length).StartsWith(",");
        return One(match.Groups[1].Value + (alias ? "Alias" : ""), arguments, window);
    });

    private static string One(string name, string[] arguments, TimeWindow window)
    {
        string Argument(int index) => index < arguments.Length && arguments[index].Length > 0 ? arguments[index] : throw new FormatException($"Grafana's macro ${name} lacks an argument.");
        return name switch
        {
            "__time" => $"{Argument(0)} AS \"time\"",
            "__timeEpoch" => $"extract(epoch from {Argument(0)}) as \"time\"",
            "__timeFilter" => $"{Argument(0)} BETWEEN '{Iso(window.From)}' AND '{Iso(window.To)}'",
            "__timeFrom" => $"'{Iso(window.From)}'",
            "__timeTo" => $"'{Iso(window.To)}'",
            "__timeGroup" => $"floor(extract(epoch from {Argument(0)})/{Seconds(Argument(1))})*{Seconds(Argument(1))}",
            "__timeGroupAlias" => $"{One("__timeGroup", arguments, window)} AS \"time\"",
            "__unixEpochFilter" => string.Create(CultureInfo.InvariantCulture, $"{Argument(0)} >= {window.From.ToUnixTimeSeconds()} AND {Argument(0)} <= {window.To.ToUnixTimeSeconds()}"),
            "__unixEpochGroup" => $"floor(({Argument(0)})/{Seconds(Argument(1))})*{Seconds(Argument(1))}",
            "__unixEpochGroupAlias" => $"{One("__unixEpochGroup", arguments, window)} AS \"time\"",
            _ => throw new FormatException($"Grafana knows no macro ${name}."),
        };
    }

    private static string Iso(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture);

    private static string Seconds(string interval)
    {
        var match = Interval().Match(interval.Trim('\''));
        if (!match.Success) throw new FormatException($"Grafana reads no interval in {interval}.");
        var unit = match.Groups[2].Value switch { "ms" => 0.001, "s" => 1, "m" => 60, "h" => 3600, _ => 86400.0 };
        return (double.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture) * unit).ToString(CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"\$([_a-zA-Z0-9]+)\(([^\)]*)\)")]
    private static partial Regex Macro();

    [GeneratedRegex(@"^(\d+)(ms|s|m|h|d)$")]
    private static partial Regex Interval();
}
