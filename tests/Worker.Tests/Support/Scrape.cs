using System.Globalization;

namespace ViViT.Worker.Tests.Support;

/// <summary>What Prometheus would read.</summary>
internal sealed class Scrape
{
    private static readonly HttpClient Http = new(new SocketsHttpHandler { UseProxy = false });

    private readonly Dictionary<string, double> series = [];

    private Scrape(string text)
    {
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => line[0] != '#'))
        {
            var end = line.LastIndexOf(' ');
            series.Add(line[..end], double.Parse(line[(end + 1)..], CultureInfo.InvariantCulture));
        }

        Types = Told(text, "# TYPE ");
        Help = Told(text, "# HELP ");
    }

    /// <summary>By series as it stands in the text, labels included.</summary>
    public IReadOnlyDictionary<string, double> Series => series;

    /// <summary>By family.</summary>
    public IReadOnlyDictionary<string, string> Types { get; }

    /// <summary>By family, what it means.</summary>
    public IReadOnlyDictionary<string, string> Help { get; }

    /// <summary>The value of the one series that begins so and has these labels; null when there is none.</summary>
    public double? Value(string name, params string[] labels) =>
        series.Where(one => (one.Key == name || one.Key.StartsWith(name + "{", StringComparison.Ordinal)) && labels.All(label => one.Key.Contains(label, StringComparison.Ordinal)))
            .Select(one => (double?)one.Value).SingleOrDefault();

    /// <summary>Every label that a series of such a name has.</summary>
    public IEnumerable<KeyValuePair<string, string>> Labels(string prefix) =>
        from one in series.Keys
        where one.StartsWith(prefix, StringComparison.Ordinal) && one.EndsWith('}')
        from label in one[(one.IndexOf('{') + 1)..^1].Split("\",", StringSplitOptions.RemoveEmptyEntries)
        select new KeyValuePair<string, string>(label.Split("=\"")[0], label.Split("=\"")[1].TrimEnd('"'));

    private static Dictionary<string, string> Told(string text, string what) =>
        text.Split('\n').Where(line => line.StartsWith(what, StringComparison.Ordinal)).Select(line => line.Split(' ', 4)).ToDictionary(words => words[2], words => words[3]);

    public static async Task<Scrape> Of(Uri management) => new(await Http.GetStringAsync(new Uri(management, "/metrics"), TestContext.Current.CancellationToken));

    /// <summary>Asks for the health.</summary>
    /// <returns>Null when nobody listens.</returns>
    public static async Task<(int Status, string Text)?> Health(Uri management, string path)
    {
        try
        {
            using var response = await Http.GetAsync(new Uri(management, path), TestContext.Current.CancellationToken);
            return ((int)response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }
}
