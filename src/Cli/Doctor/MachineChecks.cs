using System.Globalization;
using ViViT.Cli.LocalCluster;
using ViViT.Cli.Output;
using ViViT.Contracts.Configuration;
using ViViT.Contracts.Diagnosis;

namespace ViViT.Cli.Doctor;

/// <summary>What trainings need of the machine: .NET, libtorch, a GPU if there is one, shared memory.</summary>
internal static class MachineChecks
{
    // Docker's default.
    private const long SmallSharedMemory = 64 << 20;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    public static async IAsyncEnumerable<Finding> All([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        yield return Finding.Ok("dotnet", $".NET {Environment.Version} on {System.Runtime.InteropServices.RuntimeInformation.OSDescription}, {Environment.ProcessorCount} cores");
        if (Executables.Find("Worker") is not { } worker)
        {
            yield return Finding.Ok("libtorch", "not here: this machine has the command line alone");
            yield break;
        }

        var asked = await Answer.Of(worker, ["devices"], Patience, cancellation);
        var devices = asked.ExitCode == 0 && int.TryParse(asked.LastLine, NumberStyles.None, CultureInfo.InvariantCulture, out var counted) ? counted : (int?)null;
        yield return devices is not null
            ? Finding.Ok("libtorch", "loads")
            : Finding.Fail("libtorch", $"does not load: {asked.Problem}", $"Run `{worker} devices` and mend what it says; ./vivit installs what a build on the system's libtorch needs; another is built with the package TorchSharp-cpu or TorchSharp-cuda-linux.");
        yield return await Gpu(devices, cancellation);
        if (Directory.Exists("/dev/shm") && new DriveInfo("/dev/shm") is { TotalSize: <= SmallSharedMemory } shared)
        {
            yield return Finding.Warn("shared memory", $"/dev/shm has {TextOf.Bytes(shared.TotalSize)}", "Give the container more: docker run --shm-size=1g; Kubernetes: an emptyDir with medium Memory at /dev/shm.");
        }
    }

    private static async Task<Finding> Gpu(int? devices, CancellationToken cancellation)
    {
        var smi = await Answer.Of("nvidia-smi", ["--query-gpu=name,driver_version,memory.total", "--format=csv,noheader"], Patience, cancellation);
        var wanted = SettingValues.OfVariables(Environment.GetEnvironmentVariable).Given(Settings.Device)?.Text == "cuda";
        var seen = smi.ExitCode == 0 ? string.Join("; ", smi.Lines) : null;
        return (devices, seen) switch
        {
            ( > 0, _) => Finding.Ok("gpu", seen ?? $"{devices} of them"),
            (_, { Length: > 0 }) => Finding.Fail("gpu", $"{seen}, which libtorch cannot use", "Build with the package TorchSharp-cuda-linux (image vivit-worker-cuda), with a driver new enough for its CUDA; or train on the CPU: VIVIT_DEVICE=cpu."),
            _ when wanted => Finding.Fail("gpu", $"none, and VIVIT_DEVICE is cuda ({smi.Problem})", "Install the driver, give the container the GPU (docker run --gpus all; Kubernetes: limits nvidia.com/gpu), or set VIVIT_DEVICE=cpu."),
            _ when smi is { Started: true } => Finding.Warn("gpu", $"nvidia-smi finds none: {smi.Problem}", "Mend the driver, or leave it: trainings run on the CPU."),
            _ => Finding.Ok("gpu", "none: trainings run on the CPU"),
        };
    }
}
