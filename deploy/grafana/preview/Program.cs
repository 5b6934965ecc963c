using System.Diagnostics;
using System.Globalization;
using Npgsql;
using ViViT.Preview;
using ViViT.Preview.Asking;
using ViViT.Preview.Drawing;

// Draws dashboards with what a real Postgres and a real Prometheus answer, without a Grafana server. See Options.Usage.
if (Options.Parse(args) is not { } options)
{
    await Console.Error.WriteLineAsync(Options.Usage);
    return 2;
}

await using var database = NpgsqlDataSource.Create(options.Postgres);
using var http = new HttpClient { BaseAddress = options.Prometheus };
var asker = new Asker(new PostgresSource(database), new PrometheusSource(http));
Directory.CreateDirectory(options.Out);
foreach (var dashboard in Directory.GetFiles(options.Dashboards, "*.json").Order(StringComparer.Ordinal).Select(DashboardFile.Load))
{
    var choices = await asker.Open(dashboard, options.Window, options.Chosen);
    var (svg, width, height) = await new Page(asker, dashboard, choices, options.Window).Draw();
    var path = Path.Combine(options.Out, $"{dashboard.Uid["vivit-".Length..]}.png");
    await Screenshot.Take(svg, width, height, path);
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{path} {width}x{height} {new FileInfo(path).Length} bytes"));
}

return 0;
