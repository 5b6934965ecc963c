using System.Globalization;
using Npgsql;

namespace ViViT.Preview.Asking;

/// <summary>Asks Postgres as Grafana's data source does: what is called time is a time, numbers are floating, and series come in rising time.</summary>
public sealed class PostgresSource(NpgsqlDataSource database)
{
    private static readonly HashSet<Type> Numbers = [typeof(short), typeof(int), typeof(long), typeof(float), typeof(double), typeof(decimal)];

    public async Task<IReadOnlyList<Frame>> Ask(string sql, string format)
    {
        var frame = await Table(sql);
        return format == "time_series" ? [Wide(frame)] : [frame];
    }

    /// <summary>Options of a variable: one column that is text and value, or __text and __value.</summary>
    public async Task<IReadOnlyList<(string Text, string Value)>> Options(string sql)
    {
        var frame = await Table(sql);
        var (texts, values) = (frame.Find("__text") ?? frame.Columns[0], frame.Find("__value") ?? frame.Columns[0]);
        return [.. texts.Values.Zip(values.Values, (text, value) => (Text(text), Text(value)))];
    }

    private static string Text(object? value) => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";

    private async Task<Frame> Table(string sql)
    {
        await using var command = database.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync();
        var columns = Enumerable.Range(0, reader.FieldCount).Select(i => (Name: reader.GetName(i), Type: reader.GetFieldType(i), Values: new List<object?>())).ToArray();
        while (await reader.ReadAsync())
        {
            for (var i = 0; i < columns.Length; i++) columns[i].Values.Add(await reader.IsDBNullAsync(i) ? null : Value(columns[i].Name, reader.GetValue(i)));
        }

        return new([.. columns.Select(column => new Column(column.Name, TypeOf(column.Name, column.Type), column.Values))]);
    }

    private static bool IsTime(string name) => name is "time" or "timeend";

    private static string TypeOf(string name, Type type) =>
        IsTime(name) || type == typeof(DateTime) ? "time" : Numbers.Contains(type) ? "number" : type == typeof(bool) ? "boolean" : "string";

    private static object Value(string name, object value) => value switch
    {
        DateTime time => new DateTimeOffset(time.ToUniversalTime(), TimeSpan.Zero),
        _ when Numbers.Contains(value.GetType()) && IsTime(name) => DateTimeOffset.FromUnixTimeMilliseconds((long)(Convert.ToDouble(value, CultureInfo.InvariantCulture) * 1000)),
        _ when Numbers.Contains(value.GetType()) => Convert.ToDouble(value, CultureInfo.InvariantCulture),
        bool or string => value,
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    // Rows of (time, metric, value) become a column for each metric over the common times.
    private static Frame Wide(Frame rows)
    {
        var time = rows.Find("time") ?? throw new FormatException("A time series needs a column called time.");
        if (rows.Find("metric") is not { } metric) return rows;
        var value = rows.Columns.Single(column => column.Type == "number");
        for (var i = 1; i < rows.Rows; i++)
        {
            if ((DateTimeOffset)time.Values[i]! < (DateTimeOffset)time.Values[i - 1]!) throw new FormatException("A time series needs its times in rising order.");
        }

        var times = time.Values.Distinct().ToList();
        var place = times.Select((moment, index) => (moment, index)).ToDictionary(one => one.moment!, one => one.index);
        var columns = new Dictionary<string, object?[]>();
        for (var i = 0; i < rows.Rows; i++)
        {
            var name = (string)metric.Values[i]!;
            if (!columns.TryGetValue(name, out var values)) columns[name] = values = new object?[times.Count];
            values[place[time.Values[i]!]] = value.Values[i];
        }

        return new([new("time", "time", times), .. columns.Select(column => new Column(column.Key, "number", column.Value))]);
    }
}
