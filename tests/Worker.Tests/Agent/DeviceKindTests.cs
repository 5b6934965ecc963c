using ViViT.Worker.Agent;
using ViViT.Worker.TrainerProcess;

namespace ViViT.Worker.Tests.Agent;

public sealed class DeviceKindTests
{
    [Theory]
    [InlineData("processor\t: 0\nmodel\t\t: 17\nmodel name\t: AMD EPYC 9R14\ncache size\t: 1024 KB", "AMD EPYC 9R14")]
    [InlineData("processor\t: 0\nBogoMIPS\t: 243.75", null)]
    [InlineData("model name\t: ", null)]
    public void A_processor_is_called_what_the_system_calls_it(string lines, string? expected) => Assert.Equal(expected, DeviceKind.ModelName(lines.Split('\n')));

    [Fact]
    public void Threads_are_part_of_a_processors_kind()
    {
        Assert.NotEqual(DeviceKind.Of("cpu", threads: 1, sharing: 2, NvidiaSmi.Installed), DeviceKind.Of("cpu", threads: 2, sharing: 2, NvidiaSmi.Installed));
        Assert.Equal(DeviceKind.Of("cpu", threads: 1, sharing: 2, NvidiaSmi.Installed), DeviceKind.Of("cpu", threads: 1, sharing: 4, NvidiaSmi.Installed));
    }

    [Fact]
    public void A_gpu_that_slots_share_is_another_kind() => Assert.Equal(DeviceKind.Of("cuda:0", threads: 1, sharing: 1, NvidiaSmi.Installed) + "/2", DeviceKind.Of("cuda:0", threads: 1, sharing: 2, NvidiaSmi.Installed));

    [Theory]
    [InlineData("MemTotal:       65842168 kB\nMemFree:         1234 kB\nMemAvailable:   62914560 kB", 64424509440)]
    [InlineData("MemTotal:       65842168 kB", null)]
    public void Free_memory_is_what_the_system_calls_available(string lines, long? expected) => Assert.Equal(expected, FreeMemory.Available(lines.Split('\n')));
}
