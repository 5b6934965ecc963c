using System.Text.Json.Nodes;
using Npgsql;
using ViViT.Preview.Asking;

namespace ViViT.Grafana.Tests;

/// <summary>Everything that the dashboards ask Postgres, asked as Grafana would, as its role, over ten million points.</summary>
public sealed class SqlTests(SeededDatabase seeded)
{
    // Of 8 KiB each, and of 171,650 chunks in 14,000 blocks. The statement that touches most needs half of this.
    private const long MostBlocks = 20_000;
    private const long MostChunks = 25_000;

    // What links and people choose: the long curves of a small sweep, the many short ones of a large one.
    public static TheoryData<string, string> DashboardsAndChoices => new()
    {
        { "vivit-sweep", "sweep=1" }, { "vivit-sweep", "sweep=1,metric=train/loss" }, { "vivit-sweep", "sweep=2" }, { "vivit-sweep", "sweep=2,factor=model.tokenizer" },
        { "vivit-experiment", "sweep=1,experiment=15" }, { "vivit-experiment", "sweep=2,experiment=115" }, { "vivit-fleet", "" }, { "vivit-store", "" },
    };

    [Fact]
    public void No_dashboard_with_rows_is_left_out() => Assert.Equal(
        Files.All.Where(dashboard => dashboard.Panels.SelectMany(DashboardFile.Targets).Any(DashboardFile.IsSql)).Select(dashboard => dashboard.Uid).Order(StringComparer.Ordinal),
        DashboardsAndChoices.Select(row => row.Data.Item1).Distinct().Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(DashboardsAndChoices))]
    public async Task Every_panel_gets_rows_of_the_kind_that_it_draws(string uid, string chosen)
    {
        var dashboard = Files.Find(uid);
        var choices = await Open(dashboard, chosen);

        foreach (var panel in dashboard.Panels.Where(Asks))
        {
            var here = Repeated(panel, choices);
            foreach (var target in DashboardFile.Targets(panel).Where(DashboardFile.IsSql)) Check(panel, Assert.Single(await seeded.Asker.AskTarget(target, here, seeded.Window)));
            PanelRules.CheckDrawn(panel, await seeded.Asker.Ask(panel, here, seeded.Window));
        }
    }

    [Theory]
    [MemberData(nameof(DashboardsAndChoices))]
    public async Task No_statement_scans_the_chunks_and_none_touches_much(string uid, string chosen)
    {
        var dashboard = Files.Find(uid);
        var choices = await Open(dashboard, chosen);
        var statements = dashboard.Panels.SelectMany(panel => DashboardFile.Targets(panel).Where(DashboardFile.IsSql).Select(target => ((string)panel["title"]!, (string)target["rawSql"]!, Repeated(panel, choices))))
            .Concat(dashboard.Variables.Where(DashboardFile.IsSql).Where(variable => (string)variable["type"]! == "query").Select(variable => ((string)variable["name"]!, (string)variable["query"]!, choices)))
            .Concat(dashboard.Annotations.Select(annotation => ((string)annotation["name"]!, (string)annotation["target"]!["rawSql"]!, choices)))
            .ToArray();

        foreach (var (title, text, here) in statements)
        {
            var (blocks, scans, chunks) = await Touched(SqlMacros.Expand(here.Sql(text, seeded.Window), seeded.Window));

            Assert.True(scans == 0, $"{dashboard.Title}, {title}: scans metric_chunk");
            Assert.True(blocks <= MostBlocks && chunks <= MostChunks, $"{dashboard.Title}, {title}: touches {blocks} blocks and {chunks} chunks");
        }
    }

    [Theory]
    [MemberData(nameof(DashboardsAndChoices))]
    public async Task Every_annotation_has_a_time_and_a_text(string uid, string chosen)
    {
        var dashboard = Files.Find(uid);
        var choices = await Open(dashboard, chosen);

        foreach (var annotation in dashboard.Annotations)
        {
            var frame = Assert.Single(await seeded.Asker.AskSql((string)annotation["target"]!["rawSql"]!, (string)annotation["target"]!["format"]!, choices, seeded.Window));

            Assert.NotEqual(0, frame.Rows);
            Assert.Equal(("time", "string"), (frame.Find("time")!.Type, frame.Find("text")!.Type));
            Assert.All(frame.Find("timeend")?.Values ?? [], Assert.NotNull);
        }
    }

    [Fact]
    public async Task The_seed_is_ten_million_points()
    {
        Assert.InRange(await seeded.Database.Scalar<long>("select sum(n) from metric_chunk"), 10_000_000, 12_000_000);
    }

    private Task<Choices> Open(DashboardFile dashboard, string chosen) => seeded.Asker.Open(
        dashboard, seeded.Window, chosen.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(one => one.Split('=')).ToDictionary(one => one[0], one => one[1]));

    private static Choices Repeated(JsonObject panel, Choices choices)
    {
        if ((string?)panel["repeat"] is not { } name) return choices;
        var all = choices[name];
        return choices.With(all with { Values = [all.Values[0]], Texts = [all.Texts[0]] });
    }

    private static bool Asks(JsonObject panel) => DashboardFile.Targets(panel).Any(DashboardFile.IsSql);

    private static void Check(JsonObject panel, Frame frame)
    {
        var title = (string)panel["title"]!;
        Assert.True(frame.Rows > 0, $"{title}: no rows");
        Assert.Equal(frame.Columns.Count, frame.Columns.Select(column => column.Name).Distinct().Count());
        PanelRules.CheckAnswer(panel, frame);
    }

    // What the whole statement touched, what its functions touched included, which a plan does not show.
    private async Task<(long Blocks, long Scans, long Chunks)> Touched(string sql)
    {
        await using var connection = await seeded.Reader.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using var explain = new NpgsqlCommand($"explain (analyze, buffers, format json) {sql}", connection);
        var plan = JsonNode.Parse((string)(await explain.ExecuteScalarAsync())!)![0]!["Plan"]!;
        await using var counters = new NpgsqlCommand("""
            select coalesce(sum(seq_scan), 0)::bigint, coalesce(sum(idx_tup_fetch), 0)::bigint from pg_stat_xact_user_tables where relname like 'metric_chunk%'
            """, connection);
        await using var reader = await counters.ExecuteReaderAsync();
        await reader.ReadAsync();
        return (plan["Shared Hit Blocks"]!.GetValue<long>() + plan["Shared Read Blocks"]!.GetValue<long>(), reader.GetInt64(0), reader.GetInt64(1));
    }
}
