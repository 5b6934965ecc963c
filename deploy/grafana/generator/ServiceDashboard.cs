namespace ViViT.Dashboards;

/// <summary>What users are promised, and how fast the allowance for breaking it is spent.</summary>
internal static class ServiceDashboard
{
    // A share of bad events over a window, as a burn rate: 1 spends the month's allowance in just a month.
    private static readonly string[] Windows = ["5m", "1h", "6h"];

    public static Dashboard Build() => new("vivit-service", "ViViT / Service levels", "What users are promised, and how fast the allowance for breaking it is spent.", "now-6h",
        [Variable.Prometheus, Variable.Pool],
        [],
        [
            new("Now", Answered(), Fast(), Stored(), Heard(), Kept(), Firing()),
            new("Burn rates: 1 spends the month's allowance in a month; 14 in two days", AnsweredBurn(), FastBurn(), HeardBurn(), KeptBurn()),
            new("Requests", Requests(), Refusals(), Latency()),
            new("Grants", Wait(), Idle()),
            new("Ingest and heartbeats", Ingest(), Beats()),
            new("Alerts", Alerts(), Targets()),
        ]);

    private static Panel Answered() => Level("Requests answered", "Requests that got no 5xx. Promise: 99.9 %.", 0.999, Share(Errors("$__rate_interval")));

    private static Panel Fast() => Level("Flushes stored within 0.5 s", "Batches of metric flushes. Promise: 99 %.", 0.99, Share(Slow("$__rate_interval")));

    private static Panel Stored() => Level("Points stored or known", "Points that were stored or had been before, of those that came under a valid lease. Promise: 99.9 %.", 0.999, """
        sum(rate(vivit_metric_points_ingested_total{result=~"stored|duplicate"}[$__rate_interval])) / sum(rate(vivit_metric_points_ingested_total{result=~"stored|duplicate|gap"}[$__rate_interval]))
        """);

    private static Panel Heard() => Level("Heartbeats heard", "Heartbeats that workers got an answer to. Promise: 99.9 %.", 0.999, Share(Unheard("$__rate_interval")));

    private static Panel Kept() => Level("Training kept", "Slot seconds of training that was not thrown away. Promise: 99 %.", 0.99, Share(Lost("$__rate_interval")));

    private static Panel Firing() => Panel.Stat("Alerts firing", "Rules of deploy/prometheus that fire now.", "short", 4, Query.Prom("""count(ALERTS{alertstate="firing"}) or vector(0)""", "firing")) with { Thresholds = [("green", null), ("red", 1)] };

    private static Panel AnsweredBurn() => Burn("Requests answered", "Share of requests that ended in a 5xx, over 0.1 %.", 0.001, Errors);

    private static Panel FastBurn() => Burn("Flushes stored within 0.5 s", "Share of slower ones, over 1 %.", 0.01, Slow);

    private static Panel HeardBurn() => Burn("Heartbeats heard", "Share of heartbeats without an answer, over 0.1 %.", 0.001, Unheard);

    private static Panel KeptBurn() => Burn("Training kept", "Share of training seconds that were thrown away, over 1 %.", 0.01, Lost);

    private static Panel Requests() => Panel.Stacked("Requests", "A second, by answer.", "reqps", 8, Query.Prom("sum by (http_response_status_code) (rate(http_server_request_duration_seconds_count[$__rate_interval]))", "{{http_response_status_code}}"));

    private static Panel Refusals() => Panel.TimeSeries("Refused", "Requests a second that were refused for their token, by why.", "reqps", 8, Query.Prom("sum by (reason) (rate(vivit_access_refusals_total[$__rate_interval]))", "{{reason}}")) with { Min = 0 };

    private static Panel Latency() => Panel.TimeSeries("Time to answer", "Of nine in ten requests, by route; those of the long poll for leases wait by design.", "s", 8,
        Query.Prom("histogram_quantile(0.9, sum by (le, http_route) (rate(http_server_request_duration_seconds_bucket[$__rate_interval])))", "{{http_route}}")) with { Min = 0 };

    private static Panel Wait() => Panel.TimeSeries("Offered to granted", "How long experiments had been offered when they were granted: half, and 95 of 100.", "s", 12,
        Query.Prom("""histogram_quantile(0.5, sum by (le, pool) (rate(vivit_queue_wait_seconds_bucket{pool=~"$pool"}[$__rate_interval])))""", "{{pool}} half"),
        Query.Prom("""histogram_quantile(0.95, sum by (le, pool) (rate(vivit_queue_wait_seconds_bucket{pool=~"$pool"}[$__rate_interval])))""", "{{pool}} 95 %")) with { Min = 0 };

    private static Panel Idle() => Panel.TimeSeries("Idle slots while something waits", "The lesser of idle slots and offered experiments. Above 0 for minutes: nobody may execute what waits, or the scheduler stands.", "short", 12, Query.Prom("""
        min by (pool) ((max by (pool) (vivit_worker_slots{pool=~"$pool", state="idle"}) < max by (pool) (vivit_queue_depth{pool=~"$pool"})) or max by (pool) (vivit_queue_depth{pool=~"$pool"}))
        """, "{{pool}}")) with { Min = 0 };

    private static Panel Ingest() => Panel.TimeSeries("Storing a flush", "How long the transaction of a batch of flushes takes: half, and 99 of 100.", "s", 12,
        Query.Prom("histogram_quantile(0.5, sum by (le) (rate(vivit_metric_flush_duration_seconds_bucket[$__rate_interval])))", "half"),
        Query.Prom("histogram_quantile(0.99, sum by (le) (rate(vivit_metric_flush_duration_seconds_bucket[$__rate_interval])))", "99 %")) with { Min = 0 };

    private static Panel Beats() => Panel.TimeSeries("Heartbeats", "A second, by result, as the workers count them.", "cps", 12, Query.Prom("sum by (result) (rate(vivit_heartbeats_total[$__rate_interval]))", "{{result}}")) with { Min = 0 };

    private static Panel Alerts() => Panel.TimeSeries("Alerts", "Rules of deploy/prometheus that fire, over time.", "short", 12, Query.Prom("""sum by (alertname) (ALERTS{alertstate="firing"}) or label_replace(vector(0), "alertname", "none", "", "")""", "{{alertname}}")) with { Min = 0 };

    private static Panel Targets() => Panel.TimeSeries("Scrape targets", "Targets that answer Prometheus, and those that do not.", "short", 12, Query.Prom("sum by (job) (up)", "{{job}} up"), Query.Prom("sum by (job) (1 - up)", "{{job}} down")) with { Min = 0 };

    private static string Errors(string window) => $$"""(sum(rate(http_server_request_duration_seconds_count{http_response_status_code=~"5.."}[{{window}}])) or vector(0)) / sum(rate(http_server_request_duration_seconds_count[{{window}}]))""";

    private static string Slow(string window) => $$"""1 - sum(rate(vivit_metric_flush_duration_seconds_bucket{le="0.5"}[{{window}}])) / sum(rate(vivit_metric_flush_duration_seconds_count[{{window}}]))""";

    private static string Unheard(string window) => $$"""(sum(rate(vivit_heartbeats_total{result!="ok"}[{{window}}])) or vector(0)) / sum(rate(vivit_heartbeats_total[{{window}}]))""";

    private static string Lost(string window) => $$"""(sum(rate(vivit_slot_seconds_total{use="lost"}[{{window}}])) or vector(0)) / sum(rate(vivit_slot_seconds_total{use=~"train|lost"}[{{window}}]))""";

    private static string Share(string bad) => $"1 - ({bad})";

    private static Panel Level(string title, string description, double promise, string query) => Panel.Stat(title, description, "percentunit", 4, Query.Prom(query, title)) with
    {
        Max = 1, Decimals = 2, Thresholds = [("red", null), ("green", promise)],
    };

    private static Panel Burn(string title, string description, double allowance, Func<string, string> bad) => Panel.TimeSeries(title, $"{description} Windows of {string.Join(", ", Windows)}.", "none", 12,
        [.. Windows.Select(window => Query.Prom(FormattableString.Invariant($"({bad(window)}) / {allowance}"), window))]) with { Min = 0, Thresholds = [("green", null), ("red", 14)] };
}
