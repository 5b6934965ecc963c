namespace ViViT.Preview.Asking;

/// <summary>An answer in columns.</summary>
public sealed record Frame(IReadOnlyList<Column> Columns)
{
    public int Rows => Columns.Count == 0 ? 0 : Columns[0].Values.Count;

    public Column? Find(string name) => Columns.FirstOrDefault(column => column.Name == name);
}

/// <param name="Type">As Grafana sees it: <c>time</c>, <c>number</c>, <c>string</c>, <c>boolean</c>.</param>
/// <param name="Values">Times are <see cref="DateTimeOffset"/>, numbers <see cref="double"/>; null is absent.</param>
/// <param name="Labels">What tells it from other columns of its name.</param>
/// <param name="Legend">What the query says that it is called.</param>
public sealed record Column(string Name, string Type, IReadOnlyList<object?> Values, IReadOnlyDictionary<string, string>? Labels = null, string? Legend = null);
