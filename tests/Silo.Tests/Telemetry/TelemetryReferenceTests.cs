using System.Text.RegularExpressions;
using ViViT.TestKit;

namespace ViViT.Silo.Tests.Telemetry;

/// <summary>docs/telemetry.md lists what a scrape shows. VIVIT_UPDATE_DOCS=1 in the environment writes the list anew.</summary>
public sealed partial class TelemetryReferenceTests
{
    private const string Pool = "local";
    private const string Begin = "<!-- silo: written by TelemetryReferenceTests -->\n";
    private const string End = "<!-- end of silo -->\n";
    private static readonly string File = Path.Combine(Repository.Root, "docs", "telemetry.md");

    [Fact]
    public async Task Every_metric_of_the_silo_is_in_the_page_as_it_is_scraped_and_no_other()
    {
        await using var metered = await MeteredSilo.On(await PostgresServer.CreateEmptyDatabase());
        await metered.Submit(Pool, experiments: 3);
        var ended = await metered.Lease(Pool);
        await metered.Flush(ended, 0, points: 1);
        await metered.End(ended);
        await metered.Beat(Pool, await metered.Lease(Pool));
        var seen = await metered.ScrapeUntil(scrape => scrape.Value("vivit_queue_oldest_age_seconds") is not null
            && scrape.Value("vivit_worker_heartbeat_age_seconds") is not null && scrape.Value("vivit_checkpoint_age_seconds") is not null);

        var page = await System.IO.File.ReadAllTextAsync(File, TestContext.Current.CancellationToken);
        var (begin, end) = (page.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length, page.IndexOf(End, StringComparison.Ordinal));
        Assert.True(begin >= Begin.Length && end >= begin, $"{File} lacks the marks {Begin}and {End}");

        if (Environment.GetEnvironmentVariable("VIVIT_UPDATE_DOCS") == "1") await System.IO.File.WriteAllTextAsync(File, page[..begin] + Table(seen) + page[end..], TestContext.Current.CancellationToken);
        else Assert.Equal(Table(seen), page[begin..end]); // out of date: VIVIT_UPDATE_DOCS=1 ./test Silo
        var frameworks = Prefix().Matches(page).Select(prefix => prefix.Groups[1].Value).ToList();
        Assert.All(seen.Types.Keys.Where(name => !name.StartsWith("vivit_", StringComparison.Ordinal) && name != "target_info"),
            name => Assert.Contains(frameworks, prefix => name.StartsWith(prefix, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task What_the_page_says_of_a_metric_speaks_of_one_that_there_is()
    {
        var page = await System.IO.File.ReadAllTextAsync(File, TestContext.Current.CancellationToken);
        var listed = Listed().Matches(page).Select(name => name.Groups[1].Value).ToHashSet(StringComparer.Ordinal);

        Assert.True(listed.Count > 40);
        Assert.All(Named().Matches(page).Select(name => name.Value), name => Assert.Contains(name, listed));
    }

    private static string Table(Scrape scrape)
    {
        var lines = scrape.Types.Where(family => family.Key.StartsWith("vivit_", StringComparison.Ordinal)).OrderBy(family => family.Key, StringComparer.Ordinal).Select(family =>
        {
            var labels = scrape.Series.Where(series => scrape.FamilyOf(series) == family.Key).SelectMany(Scrape.LabelsOf).Select(label => label.Split('=')[0]).Where(label => label != "le").Distinct().Order(StringComparer.Ordinal);
            return $"| `{family.Key}` | {family.Value} | {string.Join(", ", labels.Select(label => $"`{label}`"))} | {scrape.Help[family.Key]} |";
        });
        return $"| metric | type | labels | meaning |\n| --- | --- | --- | --- |\n{string.Join('\n', lines)}\n";
    }

    [GeneratedRegex(@"`([a-z_]+_)\*`")]
    private static partial Regex Prefix();

    [GeneratedRegex(@"(?m)^\| `(vivit_[a-z_]+)` \|")]
    private static partial Regex Listed();

    [GeneratedRegex(@"\bvivit_[a-z_]+\b")]
    private static partial Regex Named();
}
