using System.Text.Json.Nodes;

namespace ViViT.Preview.Asking;

/// <summary>The two transformations that the dashboards use.</summary>
public static class Transformations
{
    public static IReadOnlyList<Frame> Apply(JsonArray transformations, IReadOnlyList<Frame> frames)
    {
        foreach (var one in transformations)
        {
            frames = (string)one!["id"]! switch
            {
                "partitionByValues" => [.. frames.SelectMany(frame => PartitionBy((string)one["options"]!["fields"]![0]!, frame))],
                "joinByField" => JoinBy((string)one["options"]!["byField"]!, frames),
                var id => throw new FormatException($"No transformation {id} in these dashboards."),
            };
        }

        return frames;
    }

    // A frame for each value of the column, in order of appearance; the value is a label of the other columns.
    private static IEnumerable<Frame> PartitionBy(string name, Frame frame)
    {
        var key = frame.Find(name) ?? throw new FormatException($"There is no column {name} to part by.");
        return Enumerable.Range(0, frame.Rows).GroupBy(row => (string)key.Values[row]!).Select(rows => new Frame(
            [.. frame.Columns.Where(column => column != key).Select(column => column with { Values = [.. rows.Select(row => column.Values[row])], Labels = new Dictionary<string, string> { [name] = rows.Key } })]));
    }

    // One frame over all values of the column, rising.
    private static IReadOnlyList<Frame> JoinBy(string name, IReadOnlyList<Frame> frames)
    {
        if (frames.Count == 0) return frames;
        var keys = frames.SelectMany(frame => frame.Find(name)!.Values).Distinct().OrderBy(value => (double)value!).ToList();
        var place = keys.Select((key, index) => (key, index)).ToDictionary(one => one.key!, one => one.index);
        var columns = new List<Column> { new(name, "number", keys) };
        foreach (var frame in frames)
        {
            var own = frame.Find(name)!;
            foreach (var column in frame.Columns.Where(column => column != own))
            {
                var values = new object?[keys.Count];
                for (var row = 0; row < frame.Rows; row++) values[place[own.Values[row]!]] = column.Values[row];
                columns.Add(column with { Values = values });
            }
        }

        return [new(columns)];
    }
}
