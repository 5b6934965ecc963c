using System.Diagnostics.Metrics;
using System.Globalization;
using Microsoft.Extensions.Logging;

namespace ViViT.Worker.Telemetry;

/// <summary>
/// What NVIDIA's tool tells of the GPUs, asked in the background so that no scrape waits for it. A value that it does not tell is not there; when it does
/// not answer, none is.
/// </summary>
internal sealed partial class GpuGauges : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private readonly NvidiaSmi smi;
    private readonly TimeProvider time;
    private readonly ILogger log;
    private readonly CancellationTokenSource end = new();
    private readonly Task asking;
    private volatile IReadOnlyList<GpuReading> last = [];

    /// <param name="meter">Gets the gauges.</param>
    public GpuGauges(Meter meter, NvidiaSmi smi, TimeProvider time, ILogger<GpuGauges> log)
    {
        (this.smi, this.time, this.log) = (smi, time, log);
        meter.CreateObservableGauge("vivit.gpu.memory.used", () => Each(gpu => gpu.MemoryUsed), "By", "Memory of the GPU that is in use, whoever uses it");
        meter.CreateObservableGauge("vivit.gpu.memory.total", () => Each(gpu => gpu.MemoryTotal), "By", "Memory of the GPU");
        meter.CreateObservableGauge("vivit.gpu.utilization.ratio", () => Each(gpu => gpu.Utilization), "1", "Share of the last moments in which the GPU computed");
        meter.CreateObservableGauge("vivit.gpu.power", () => Each(gpu => gpu.Watts), "W", "Power that the GPU draws");
        asking = Ask();
    }

    public async ValueTask DisposeAsync()
    {
        await end.CancelAsync();
        await asking;
        end.Dispose();
    }

    private async Task Ask()
    {
        var answered = true;
        while (!end.IsCancellationRequested)
        {
            var readings = await Task.Run(smi.Readings);
            if (answered && readings is null) NoAnswer();
            answered = readings is not null;
            last = readings ?? [];
            await Task.Delay(Interval, time, end.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private IEnumerable<Measurement<double>> Each(Func<GpuReading, double?> value) =>
        from gpu in last
        let known = value(gpu)
        where known is not null
        select new Measurement<double>(known.Value, new KeyValuePair<string, object?>("gpu", gpu.Index.ToString(CultureInfo.InvariantCulture)));

    [LoggerMessage(LogLevel.Warning, "nvidia-smi does not answer, so there are no metrics of the GPUs until it does")]
    private partial void NoAnswer();
}
