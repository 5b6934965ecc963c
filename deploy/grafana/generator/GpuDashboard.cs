namespace ViViT.Dashboards;

/// <summary>The GPUs: as NVIDIA's DCGM exporter sees them and, where there is none, as the workers do.</summary>
internal static class GpuDashboard
{
    private const string Which = """Hostname=~"$node", gpu=~"$gpu" """;

    public static Dashboard Build() => new("vivit-gpu", "ViViT / GPU nodes", "The GPUs: as NVIDIA's DCGM exporter sees them and, where there is none, as the workers do.", "now-6h",
        [
            Variable.Prometheus,
            new("node", "Node", "Nodes that a DCGM exporter runs on.", "query", "label_values(DCGM_FI_DEV_FB_USED, Hostname)", Source.Prometheus, Multi: true),
            new("gpu", "GPU", "Number of the GPU in its node.", "query", "label_values(DCGM_FI_DEV_FB_USED, gpu)", Source.Prometheus, Multi: true),
        ],
        [],
        [
            new("Now", Count(), Busy(), Tensor(), Memory(), Power(), Faults()),
            new("DCGM exporter", Engine(), TensorPipe(), Utilisation(), MemoryUsed(), PowerDrawn(), Temperature(), Clock(), Xid(), MemoryBusy()),
            new("As the workers see them (nvidia-smi)", WorkerUtilisation(), WorkerMemory(), WorkerPower()),
        ]);

    private static Panel Count() => Now("GPUs", "GPUs that an exporter reports.", "short", $"count(DCGM_FI_DEV_FB_USED{{{Which}}})");

    private static Panel Busy() => Now("Engine busy", "Mean share of time in which a GPU's engine computed anything.", "percentunit", $"avg(DCGM_FI_PROF_GR_ENGINE_ACTIVE{{{Which}}})");

    private static Panel Tensor() => Now("Tensor cores busy", "Mean share of cycles in which the tensor cores were active: how well the GPUs are used.", "percentunit", $"avg(DCGM_FI_PROF_PIPE_TENSOR_ACTIVE{{{Which}}})");

    private static Panel Memory() => Now("Memory used", "Of all GPUs together.", "percentunit", $"sum(DCGM_FI_DEV_FB_USED{{{Which}}}) / (sum(DCGM_FI_DEV_FB_USED{{{Which}}}) + sum(DCGM_FI_DEV_FB_FREE{{{Which}}}))");

    private static Panel Power() => Now("Power", "Of all GPUs together.", "watt", $"sum(DCGM_FI_DEV_POWER_USAGE{{{Which}}})");

    private static Panel Faults() => Now("GPUs with an XID error", "GPUs whose driver has reported a fault; the number says which one, in NVIDIA's list of XID errors.", "short", $"count(DCGM_FI_DEV_XID_ERRORS{{{Which}}} > 0) or vector(0)") with
    {
        Thresholds = [("green", null), ("red", 1)],
    };

    private static Panel Engine() => Each("Engine", "Share of time in which the engine computed anything; also under MIG.", "percentunit", "DCGM_FI_PROF_GR_ENGINE_ACTIVE") with { Max = 1 };

    private static Panel TensorPipe() => Each("Tensor cores", "Share of cycles in which the tensor cores were active.", "percentunit", "DCGM_FI_PROF_PIPE_TENSOR_ACTIVE") with { Max = 1 };

    private static Panel Utilisation() => Each("Utilisation", "Share of time in which a kernel ran, as nvidia-smi has it; not under MIG.", "percent", "DCGM_FI_DEV_GPU_UTIL") with { Max = 100 };

    private static Panel MemoryUsed() => Each("Memory used", "Frame buffer in use.", "mbytes", "DCGM_FI_DEV_FB_USED");

    private static Panel PowerDrawn() => Each("Power", "Power that the board draws.", "watt", "DCGM_FI_DEV_POWER_USAGE");

    private static Panel Temperature() => Each("Temperature", "Temperature of the GPU.", "celsius", "DCGM_FI_DEV_GPU_TEMP");

    private static Panel Clock() => Each("Clock", "Clock of the multiprocessors: falling under load, it is throttled.", "rotmhz", "DCGM_FI_DEV_SM_CLOCK");

    private static Panel Xid() => Each("XID errors", "Number of the last fault that the driver reported; 0: none.", "none", "DCGM_FI_DEV_XID_ERRORS");

    private static Panel MemoryBusy() => Each("Memory interface", "Share of cycles in which the memory sent or received.", "percentunit", "DCGM_FI_PROF_DRAM_ACTIVE") with { Max = 1 };

    private static Panel WorkerUtilisation() => Worker("Utilisation", "Share of time in which a kernel ran.", "percentunit", Query.Prom("vivit_gpu_utilization_ratio", "{{instance}} {{gpu}}")) with { Max = 1 };

    private static Panel WorkerMemory() => Worker("Memory", "Memory in use, and all that there is.", "bytes", Query.Prom("vivit_gpu_memory_used_bytes", "{{instance}} {{gpu}} used"), Query.Prom("vivit_gpu_memory_total_bytes", "{{instance}} {{gpu}} total"));

    private static Panel WorkerPower() => Worker("Power", "Power that the board draws.", "watt", Query.Prom("vivit_gpu_power_watts", "{{instance}} {{gpu}}"));

    private static Panel Now(string title, string description, string unit, string query) => Panel.Stat(title, description, unit, 4, Query.Prom(query, title));

    private static Panel Each(string title, string description, string unit, string metric) => Panel.TimeSeries(title, description, unit, 8, Query.Prom($"{metric}{{{Which}}}", "{{Hostname}} {{gpu}}")) with { Min = 0 };

    private static Panel Worker(string title, string description, string unit, params Query[] queries) => Panel.TimeSeries(title, description, unit, 8, queries) with { Min = 0 };
}
