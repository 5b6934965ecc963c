using OpenTelemetry.Resources;

namespace ViViT.Worker.Telemetry;

/// <summary>Who tells, for Prometheus and for traces.</summary>
internal static class WorkerResource
{
    /// <param name="worker">Its name.</param>
    public static ResourceBuilder OfWorker(this ResourceBuilder resource, string worker) =>
        resource.AddService("vivit-worker", serviceVersion: BuildVersion.Text, serviceInstanceId: worker);
}
