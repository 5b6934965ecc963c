using System.Diagnostics.Tracing;

namespace OpenTelemetry.Exporter.Prometheus;

/// <summary>What the exporter has to say; listeners find it under the name of the genuine package's source.</summary>
[EventSource(Name = "OpenTelemetry-Exporter-Prometheus")]
internal sealed class PrometheusExporterEventSource : EventSource
{
    public static readonly PrometheusExporterEventSource Log = new();

    [Event(1, Message = "A scrape could not be written: {0}", Level = EventLevel.Error)]
    public void FailedExport(string error) => WriteEvent(1, error);

    [Event(2, Message = "'{0}' is a {1} and a {2}: left out of the scrape", Level = EventLevel.Warning)]
    public void ConflictingType(string family, string one, string other) => WriteEvent(2, family, one, other);

    [Event(3, Message = "'{0}' has a sample named '{1}' as '{2}' has: left out of the scrape", Level = EventLevel.Warning)]
    public void ConflictingSample(string family, string sample, string owner) => WriteEvent(3, family, sample, owner);

    [Event(4, Message = "'{0}' is described as '{1}' and as '{2}': the first is shown", Level = EventLevel.Warning)]
    public void ConflictingDescription(string family, string one, string other) => WriteEvent(4, family, one, other);

    [Event(5, Message = "'{0}' has a second series {{{1}}}: left out of the scrape", Level = EventLevel.Warning)]
    public void DuplicateSeries(string family, string labels) => WriteEvent(5, family, labels);

    [Event(6, Message = "'{0}' is an exponential histogram, which the text formats cannot say: left out of the scrape", Level = EventLevel.Warning)]
    public void UnsupportedMetric(string name) => WriteEvent(6, name);

    [Event(7, Message = "A scrape took longer than its scraper waits", Level = EventLevel.Warning)]
    public void ScrapeCancelled() => WriteEvent(7);
}
