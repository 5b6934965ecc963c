using System.Text;

namespace OpenTelemetry.Exporter.Prometheus;

/// <summary>
/// The labels of a series, by name. Attributes whose names become the same share a label, their values joined by <c>;</c> in the order
/// of the attributes' own names. A label without a value is no label.
/// </summary>
/// <param name="reserved">A name that no attribute may have.</param>
internal sealed class LabelSet(string? reserved = null)
{
    private readonly SortedDictionary<string, List<(string Attribute, string Value)>> labels = new(StringComparer.Ordinal);

    public void Add(string attribute, object? value) => Add(LabelName(attribute), attribute, AttributeText.Of(value));

    public IEnumerable<(string Name, string Value)> All => labels.Select(label => (Name: label.Key, Value: Joined(label.Value))).Where(label => label.Value.Length > 0);

    /// <summary>Between the braces.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        foreach (var (name, value) in All) Append(text, name, value);
        return text.ToString();
    }

    public static void Append(StringBuilder text, string name, string value)
    {
        if (text.Length > 0) text.Append(',');
        text.Append(name).Append("=\"").Append(Escapes.Quoted(value)).Append('"');
    }

    private void Add(string name, string attribute, string value)
    {
        if (name == reserved) return;
        if (!labels.TryGetValue(name, out var values)) labels[name] = values = [];
        values.Add((attribute, value));
    }

    private static string Joined(List<(string Attribute, string Value)> values) =>
        values.Count == 1 ? values[0].Value : string.Join(';', values.OrderBy(one => one.Attribute, StringComparer.Ordinal).Select(one => one.Value));

    // [a-zA-Z_][a-zA-Z0-9_]*, and no two underscores at its head: those names are Prometheus' own.
    private static string LabelName(string attribute)
    {
        var name = new StringBuilder(attribute.Length + 1);
        foreach (var letter in attribute)
        {
            if (char.IsAsciiLetterOrDigit(letter)) name.Append(name.Length == 0 && char.IsAsciiDigit(letter) ? "_" : "").Append(letter);
            else if (name.Length == 0 || name[^1] != '_') name.Append('_');
        }

        return name.Length == 0 ? "_" : name.ToString();
    }
}
