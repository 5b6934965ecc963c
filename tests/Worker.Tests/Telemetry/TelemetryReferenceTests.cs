using Microsoft.Extensions.Logging.Abstractions;
using ViViT.Contracts.Configuration;
using ViViT.TestKit;
using ViViT.Worker.Telemetry;
using ViViT.Worker.Tests.Support;

namespace ViViT.Worker.Tests.Telemetry;

/// <summary>docs/telemetry.md lists what a scrape shows. VIVIT_UPDATE_DOCS=1 in the environment writes the list anew.</summary>
[Collection(nameof(Alone))]
public sealed class TelemetryReferenceTests : IDisposable
{
    private const string Begin = "<!-- worker: written by TelemetryReferenceTests -->\n";
    private const string End = "<!-- end of worker -->\n";
    private static readonly string Page = Path.Combine(Repository.Root, "docs", "telemetry.md");

    private readonly TestFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Every_metric_of_the_worker_is_in_the_page_as_it_is_scraped_and_no_other()
    {
        // Every instrument speaks once.
        var smi = FakeSmi.Write(folder["nvidia-smi"], "echo 0, 1024, 143771, 37, 120.50");
        var time = new ManualTime();
        using var metrics = new WorkerMetrics("night", "cuda", 1, TimeProvider.System);
        await using var gpus = new GpuGauges(metrics.Meter, smi, time, NullLogger<GpuGauges>.Instance);
        await Eventually.Holds("the GPU was asked", () => time.Waiting == 1);
        var management = new Uri($"http://127.0.0.1:{FreePort.Find()}");
        await using var endpoint = await ManagementEndpoint.Start(ListenAddress.Parse(management.ToString()), "w", new AgentHealth(time), NullLoggerFactory.Instance);
        metrics.Stepped(2, 64, 0.5);
        metrics.CheckpointWritten(10, 0.1);
        metrics.CheckpointRead(10, 0.1);
        metrics.Buffered(1);
        metrics.Coarsened(1);
        metrics.Flushed(FlushResult.Stored);
        metrics.TrainerStarts(StartReason.First);
        metrics.Beat(answered: true);
        metrics.Reached(answered: true);
        var seen = await Scrape.Of(management);

        var page = await File.ReadAllTextAsync(Page, TestContext.Current.CancellationToken);
        var (begin, end) = (page.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length, page.IndexOf(End, StringComparison.Ordinal));
        Assert.True(begin >= Begin.Length && end >= begin, $"{Page} lacks the marks {Begin}and {End}");
        if (Environment.GetEnvironmentVariable("VIVIT_UPDATE_DOCS") == "1") await File.WriteAllTextAsync(Page, page[..begin] + Table(seen) + page[end..], TestContext.Current.CancellationToken);
        else Assert.Equal(Table(seen), page[begin..end]);   // out of date: VIVIT_UPDATE_DOCS=1 ./test Worker
    }

    private static string Table(Scrape scrape)
    {
        var lines = scrape.Types.Where(family => family.Key.StartsWith("vivit_", StringComparison.Ordinal)).OrderBy(family => family.Key, StringComparer.Ordinal).Select(family =>
        {
            var labels = scrape.Labels(family.Key).Select(label => label.Key).Where(label => label != "le").Distinct().Order(StringComparer.Ordinal);
            return $"| `{family.Key}` | {family.Value} | {string.Join(", ", labels.Select(label => $"`{label}`"))} | {scrape.Help[family.Key]} |";
        });
        return $"| metric | type | labels | meaning |\n| --- | --- | --- | --- |\n{string.Join('\n', lines)}\n";
    }
}

/// <summary>Not beside tests whose workers have meters of the same name in this process.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
