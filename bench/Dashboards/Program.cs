using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Npgsql;
using ViViT.Dashboards;
using ViViT.Grafana.Tests;
using ViViT.Preview.Asking;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
const double Budget = 500;
const int Repeats = 5;
var seeding = Stopwatch.GetTimestamp();
await using var store = await SeededStore.Create();
Console.WriteLine($"{await store.Database.Scalar<long>("select sum(n) from metric_chunk"):N0} points in {await store.Database.Scalar<long>("select count(*) from metric_chunk"):N0} chunks of {await store.Database.Scalar<long>("select count(*) from experiment"):N0} experiments, seeded in {Stopwatch.GetElapsedTime(seeding).TotalSeconds:0.0} s");
Console.WriteLine($"{"dashboard",-12}{"sweep",6}  {"panel",-56}{"median ms",10}{"worst ms",10}{"blocks",10}");

var window = new TimeWindow(TimeProvider.System.GetUtcNow().AddHours(-24), TimeProvider.System.GetUtcNow().AddMinutes(5));
var asker = new Asker(new PostgresSource(store.Reader), null);
var (statements, slow) = (0, 0);
foreach (var dashboard in Directory.GetFiles(DashboardFiles.Folder, "*.json").Order(StringComparer.Ordinal).Select(DashboardFile.Load))
{
    Dictionary<string, string>[] several = dashboard.Uid switch
    {
        "vivit-sweep" => [new() { ["sweep"] = "1" }, new() { ["sweep"] = "1", ["metric"] = "train/loss" }, new() { ["sweep"] = "2" }],
        "vivit-experiment" => [new() { ["sweep"] = "1", ["experiment"] = "15" }, new() { ["sweep"] = "2", ["experiment"] = "115" }],
        _ => [[]],
    };
    foreach (var chosen in several)
    {
        var choices = await asker.Open(dashboard, window, chosen);
        foreach (var panel in dashboard.Panels)
        {
            foreach (var target in DashboardFile.Targets(panel).Where(DashboardFile.IsSql))
            {
                var repeated = (string?)panel["repeat"] is { } name ? choices.With(choices[name] with { Values = [choices[name].Values[0]] }) : choices;
                var sql = SqlMacros.Expand(repeated.Sql((string)target["rawSql"]!, window), window);
                var times = new List<double>();
                for (var i = 0; i < Repeats; i++)
                {
                    var began = Stopwatch.GetTimestamp();
                    await asker.AskTarget(target, repeated, window);
                    times.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
                }

                statements++;
                slow += times.Max() > Budget ? 1 : 0;
                Console.WriteLine($"{dashboard.Uid["vivit-".Length..],-12}{chosen.GetValueOrDefault("sweep"),6}  {choices.Title((string)panel["title"]!),-56}{times.Order().ElementAt(Repeats / 2),10:0.0}{times.Max(),10:0.0}{await Blocks(sql),10:N0}");
            }
        }
    }
}

Console.WriteLine($"{statements} statements, {slow} of them ever above {Budget} ms");
return slow == 0 ? 0 : 1;

async Task<long> Blocks(string sql)
{
    await using var explain = store.Reader.CreateCommand($"explain (analyze, buffers, format json) {sql}");
    var plan = JsonNode.Parse((string)(await explain.ExecuteScalarAsync())!)![0]!["Plan"]!;
    return plan["Shared Hit Blocks"]!.GetValue<long>() + plan["Shared Read Blocks"]!.GetValue<long>();
}
