using System.Net;
using System.Reflection;
using System.Text;
using ViViT.Preview.Asking;
using ViViT.TestKit;

namespace ViViT.Grafana.Tests;

/// <summary>
/// A real Prometheus that scrapes what a DCGM exporter shows. The exposition (dcgm.prom) is written by hand after NVIDIA's documentation of the exporter and
/// its list of counters: no GPU node was at hand to record one.
/// </summary>
public sealed class DcgmPrometheus : IAsyncLifetime
{
    private readonly HttpListener exporter = new();
    private Task serving = Task.CompletedTask;
    private PrometheusServer? server;
    private HttpClient? http;

    internal Asker Asker => new(null, new PrometheusSource(http!));

    internal static TimeWindow Window => new(TimeProvider.System.GetUtcNow().AddMinutes(-10), TimeProvider.System.GetUtcNow());

    public async ValueTask InitializeAsync()
    {
        var port = FreePort.Find();
        exporter.Prefixes.Add($"http://127.0.0.1:{port}/");
        exporter.Start();
        serving = Serve();
        server = await PrometheusServer.Start($$"""
            global: {scrape_interval: 1s, scrape_timeout: 1s}
            scrape_configs: [{job_name: dcgm, static_configs: [{targets: ["127.0.0.1:{{port}}"]}]}]
            """);
        http = new HttpClient { BaseAddress = server.Address };
        await PrometheusServer.Until(() => server.Query("DCGM_FI_DEV_FB_USED"), series => series.Count == 2);
    }

    public async ValueTask DisposeAsync()
    {
        exporter.Close();
        await serving;
        http?.Dispose();
        if (server is not null) await server.DisposeAsync();
    }

    private async Task Serve()
    {
        using var text = new StreamReader(Assembly.GetExecutingAssembly().GetManifestResourceStream("dcgm.prom")!);
        var exposition = Encoding.UTF8.GetBytes(await text.ReadToEndAsync());
        while (true)
        {
            HttpListenerContext request;
            try
            {
                request = await exporter.GetContextAsync();
            }
            catch (Exception stopped) when (stopped is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            request.Response.ContentType = "text/plain; version=0.0.4";
            await request.Response.OutputStream.WriteAsync(exposition);
            request.Response.Close();
        }
    }
}
