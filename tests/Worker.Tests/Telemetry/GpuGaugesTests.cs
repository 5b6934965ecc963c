using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using ViViT.Worker.Telemetry;
using ViViT.Worker.Tests.Support;

namespace ViViT.Worker.Tests.Telemetry;

public sealed class GpuGaugesTests : IDisposable
{
    private readonly TestFolder folder = new();
    private readonly ManualTime time = new();
    private readonly LogLines log = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Values_of_all_gpus_come_by_one_question_and_go_when_it_is_not_answered()
    {
        var smi = FakeSmi.Write(folder["nvidia-smi"], $"""
            echo "$*" >> {folder["asked"]}
            test -e {folder["broken"]} && exit 9
            echo "0, 1024, 143771, 37, 120.50"
            echo "1, 0, 143771, [N/A], [Not Supported]"
            """);
        using var meter = new Meter("test");
        await using var gauges = new GpuGauges(meter, smi, time, log.Factory().CreateLogger<GpuGauges>());
        await Eventually.Holds("it was asked", () => time.Waiting == 1);

        Assert.Equal(["--query-gpu=index,memory.used,memory.total,utilization.gpu,power.draw --format=csv,noheader,nounits"], await File.ReadAllLinesAsync(folder["asked"], TestContext.Current.CancellationToken));
        Assert.Equal(
            [
                "vivit.gpu.memory.total gpu=0 150754820096", "vivit.gpu.memory.total gpu=1 150754820096", "vivit.gpu.memory.used gpu=0 1073741824", "vivit.gpu.memory.used gpu=1 0",
                "vivit.gpu.power gpu=0 120.5", "vivit.gpu.utilization.ratio gpu=0 0.37",
            ],
            Observe(meter));

        await File.WriteAllTextAsync(folder["broken"], "", TestContext.Current.CancellationToken);
        await AskAgain();
        Assert.Empty(Observe(meter));
        await AskAgain();
        Assert.Equal(1, log.Count("nvidia-smi does not answer"));

        File.Delete(folder["broken"]);
        await AskAgain();
        Assert.Equal(6, Observe(meter).Length);
    }

    private async Task AskAgain()
    {
        time.Advance(TimeSpan.FromSeconds(10));
        await Eventually.Holds("it was asked again", () => time.Waiting == 1);
    }

    private static string[] Observe(Meter meter)
    {
        List<string> seen = [];
        using var listener = new MeterListener { InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter == meter) self.EnableMeasurementEvents(instrument);
        } };
        listener.SetMeasurementEventCallback<double>((instrument, value, labels, _) => seen.Add(FormattableString.Invariant($"{instrument.Name} {labels[0].Key}={labels[0].Value} {value}")));
        listener.Start();
        listener.RecordObservableInstruments();
        return [.. seen.Order(StringComparer.Ordinal)];
    }
}
