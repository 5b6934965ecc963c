using ViViT.Worker.Agent;
using ViViT.Worker.Tests.Support;

namespace ViViT.Worker.Tests;

public sealed class HostMemoryTests : IDisposable
{
    private const long Gib = 1L << 30;
    private readonly TestFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("a machine", 16, "proc/meminfo=MemTotal:       16777216 kB|MemAvailable:   62914560 kB")]
    [InlineData("a container of its own group", 4, "proc/meminfo=MemTotal: 16777216 kB", "proc/self/cgroup=0::/", "sys/fs/cgroup/memory.max=4294967296")]
    [InlineData("a container without a limit", 16, "proc/meminfo=MemTotal: 16777216 kB", "proc/self/cgroup=0::/", "sys/fs/cgroup/memory.max=max")]
    [InlineData("a service whose slice is limited", 2, "proc/meminfo=MemTotal: 16777216 kB", "proc/self/cgroup=0::/night.slice/worker.service",
        "sys/fs/cgroup/night.slice/memory.max=2147483648", "sys/fs/cgroup/night.slice/worker.service/memory.max=max")]
    [InlineData("an old container", 8, "proc/meminfo=MemTotal: 16777216 kB", "proc/self/cgroup=9:cpu,memory:/docker/12ab|0::/docker/12ab", "sys/fs/cgroup/memory/memory.limit_in_bytes=8589934592")]
    [InlineData("no Linux", null)]
    public void The_memory_of(string what, int? expectedGib, params string[] files)
    {
        Write(files);

        Assert.True(expectedGib * Gib == new HostMemory(folder.Path).TotalBytes(), $"{what}: {new HostMemory(folder.Path).TotalBytes()}");
    }

    [Theory]
    [InlineData(3, "proc/self/cgroup=0::/", "sys/fs/cgroup/memory.events=low 0|high 5|max 7|oom 4|oom_kill 3|oom_group_kill 0", "proc/vmstat=oom_kill 9")]
    [InlineData(2, "proc/self/cgroup=4:memory:/", "sys/fs/cgroup/memory/memory.oom_control=oom_kill_disable 0|under_oom 0|oom_kill 2", "proc/vmstat=oom_kill 9")]
    [InlineData(9, "proc/self/cgroup=0::/", "proc/vmstat=nr_free_pages 12|oom_kill 9")]
    [InlineData(null)]
    public void Kills_are_counted_where_the_system_counts_them(int? expected, params string[] files)
    {
        Write(files);

        Assert.Equal(expected, new HostMemory(folder.Path).OutOfMemoryKills());
    }

    [Fact]
    public void This_system_tells()
    {
        Assert.InRange(new HostMemory().TotalBytes()!.Value, 1L << 27, 1L << 50);
        Assert.NotNull(new HostMemory().OutOfMemoryKills());
    }

    [Fact]
    public void Slots_of_a_device_share_its_memory()
    {
        Write(["proc/meminfo=MemTotal: 16777216 kB"]);
        var (host, smi) = (new HostMemory(folder.Path), Smi("""case "$1" in --query-gpu=memory.total) echo 143771;; esac"""));

        Assert.Equal((16.0, 4.0), (DeviceMemory.Gib("cpu", 1, smi, host), DeviceMemory.Gib("cpu", 4, smi, host)));
        Assert.Equal((140.4, 70.2), (DeviceMemory.Gib("cuda:0", 1, smi, host), DeviceMemory.Gib("cuda:1", 2, smi, host)));
        Assert.Null(DeviceMemory.Gib("cuda:0", 1, Smi("exit 9"), host));
        Assert.Null(DeviceMemory.Gib("cuda:0", 1, new NvidiaSmi(folder["nothing-here"]), host));
    }

    [Theory]
    [InlineData("""case "$1" in --query-compute-apps=pid) echo 12; echo 345;; esac""", 12, 345)]
    [InlineData("exit 0")]
    [InlineData("echo '[Insufficient Permissions]'")]
    public void The_driver_names_those_who_hold_memory(string script, params int[] expected) => Assert.Equal(expected, Smi(script).Holders(0));

    [Fact]
    public void A_driver_that_cannot_be_asked_names_nobody() => Assert.Null(Smi("exit 9").Holders(0));

    private NvidiaSmi Smi(string script) => FakeSmi.Write(folder[$"smi-{Guid.NewGuid():N}"], script);

    private void Write(string[] files)
    {
        foreach (var file in files.Select(file => file.Split('=', 2)))
        {
            var path = folder[file[0]];
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, file[1].Replace('|', '\n') + "\n");
        }
    }
}
