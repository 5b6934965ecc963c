using System.Globalization;
using ViViT.Preview.Asking;

namespace ViViT.Preview;

/// <summary>What the program is asked to draw.</summary>
internal sealed record Options(string Dashboards, string Postgres, Uri Prometheus, string Out, TimeWindow Window, IReadOnlyDictionary<string, string> Chosen)
{
    public const string Usage = """
        Usage: preview --dashboards FOLDER --postgres CONNECTION --prometheus URL --out FOLDER [--from TIME] [--to TIME] [--choose VARIABLE=VALUE]...
        Draws every dashboard of the folder as a PNG: asks its queries of that Postgres and that Prometheus, by Grafana's rules, and has chromium take the picture.
        Times are ISO 8601; by default the last hour.
        """;

    /// <summary>Null when something is missing or unknown.</summary>
    public static Options? Parse(string[] arguments)
    {
        if (arguments.Length % 2 != 0) return null;
        var pairs = arguments.Chunk(2).Select(pair => (Name: pair[0], Value: pair[1])).ToArray();
        string? One(string name) => pairs.LastOrDefault(pair => pair.Name == name).Value;
        DateTimeOffset Time(string name, DateTimeOffset otherwise) => One(name) is { } text ? DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal) : otherwise;
        if (pairs.Any(pair => pair.Name is not ("--dashboards" or "--postgres" or "--prometheus" or "--out" or "--from" or "--to" or "--choose"))) return null;
        if (One("--dashboards") is not { } dashboards || One("--postgres") is not { } postgres || One("--prometheus") is not { } prometheus || One("--out") is not { } folder) return null;
        var now = TimeProvider.System.GetUtcNow();
        return new(dashboards, postgres, new Uri(prometheus.TrimEnd('/') + "/"), folder, new(Time("--from", now.AddHours(-1)), Time("--to", now)),
            pairs.Where(pair => pair.Name == "--choose").Select(pair => pair.Value.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]));
    }
}
