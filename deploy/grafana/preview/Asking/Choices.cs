using System.Text.RegularExpressions;

namespace ViViT.Preview.Asking;

/// <summary>
/// What is chosen at the head of a dashboard, and how Grafana's browser side puts it into texts: <c>$name</c>, <c>${name}</c>, <c>${name:format}</c>.
/// A name that it does not know stays as it is.
/// </summary>
public sealed partial class Choices
{
    private readonly Dictionary<string, Choice> all = new(StringComparer.Ordinal);

    public IEnumerable<string> Names => all.Keys;

    public Choice this[string name] => all[name];

    public void Set(Choice choice) => all[choice.Name] = choice;

    /// <summary>The same, but for one variable: as a repeated panel sees it.</summary>
    public Choices With(Choice choice)
    {
        var copy = new Choices();
        foreach (var one in all.Values) copy.Set(one);
        copy.Set(choice with { IsOne = true });
        return copy;
    }

    /// <summary>Names that the text uses and nobody has defined.</summary>
    public IEnumerable<string> Unknown(string text) => Reference().Matches(text).Select(Name).Where(name => !name.StartsWith("__", StringComparison.Ordinal) && !all.ContainsKey(name));

    public string Title(string text) => Replace(text, (choice, _) => string.Join(" + ", choice.Texts));

    public string Sql(string text, TimeWindow window) => Intervals(Replace(text, (choice, format) => format switch
    {
        "sqlstring" => string.Join(",", choice.Values.Select(Quoted)),
        "" or null when choice.IsOne => choice.Values[0].Replace("'", "''", StringComparison.Ordinal),
        "" or null => string.Join(",", choice.Values.Select(Quoted)),
        "raw" => string.Join(",", choice.Values),
        _ => throw new FormatException($"No format {format} in these dashboards."),
    }), window);

    public string PromQl(string text, TimeWindow window) => Intervals(Replace(text, (choice, _) =>
        choice.AllValue is { } all ? all
        : choice.Values.Count == 1 ? Escape(choice.Values[0])
        : $"({string.Join('|', choice.Values.Select(Escape))})"), window);

    private string Replace(string text, Func<Choice, string?, string> write) => Reference().Replace(text, match =>
        all.TryGetValue(Name(match), out var choice) ? write(choice, match.Groups[3].Success ? match.Groups[3].Value : null) : match.Value);

    private static string Intervals(string text, TimeWindow window) => text
        .Replace("${__rate_interval}", "$__rate_interval", StringComparison.Ordinal)
        .Replace("$__rate_interval", TimeWindow.Text(window.RateInterval), StringComparison.Ordinal)
        .Replace("$__interval", TimeWindow.Text(window.Interval), StringComparison.Ordinal)
        .Replace("$__range", TimeWindow.Text(TimeSpan.FromSeconds(Math.Round((window.To - window.From).TotalSeconds))), StringComparison.Ordinal);

    private static string Name(Match match) => match.Groups[1].Success ? match.Groups[1].Value : match.Groups[2].Value;

    private static string Quoted(string value) => $"'{value.Replace("'", "''", StringComparison.Ordinal)}'";

    private static string Escape(string value) => Special().Replace(value, @"\\$0");

    [GeneratedRegex(@"\$(\w+)|\$\{(\w+)(?:\.[^:}]+)?(?::([^}]+))?\}")]
    private static partial Regex Reference();

    [GeneratedRegex(@"[\\^$.*+?()[\]{}|]")]
    private static partial Regex Special();
}

/// <param name="IsOne">One value that is not a list of one: it is put in without quotes.</param>
/// <param name="AllValue">All are chosen, and this stands for them.</param>
public sealed record Choice(string Name, IReadOnlyList<string> Values, IReadOnlyList<string> Texts, bool IsOne, string? AllValue = null);
