using System.Text.Json;
using ViViT.Contracts;
using ViViT.Contracts.Diagnosis;

namespace ViViT.EndToEnd.Tests;

/// <summary>The doctor where all programs are: it asks the worker's for libtorch and the silo's for the database.</summary>
public sealed class DoctorTests
{
    [Fact]
    public async Task A_stack_that_is_up_is_well()
    {
        await using var stack = new Stack();
        await stack.Do("up");
        await stack.Until(async () => Read(await stack.Run("doctor", "-o", "json")).Any(finding => finding.Subject == "pool local"));

        var findings = Read(await stack.Do("doctor", "-o", "json"));

        Assert.All(findings, finding => Assert.True(finding.Standing == Standing.Ok || finding.Subject is "postgres durability" or "shared memory" or "state folder" or "checkpoint folder" or "data folder", $"{finding}"));
        foreach (var subject in (string[])["libtorch", "gpu", "postgres", "postgres schema", "postgres rights", "postgres clock", "server", "token", "pool local"]) Assert.Contains(findings, finding => finding.Subject == subject);
    }

    [Fact]
    public async Task A_database_that_is_away_and_a_gpu_that_libtorch_cannot_use_are_told()
    {
        await using var stack = new Stack();
        var tools = Directory.CreateDirectory(Path.Combine(stack.Folder, "bin")).FullName;
        File.WriteAllText(Path.Combine(tools, "nvidia-smi"), "#!/bin/sh\necho 'NVIDIA Test 9000, 590.1, 81920 MiB'\n");
        File.SetUnixFileMode(Path.Combine(tools, "nvidia-smi"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        stack.Environment["PATH"] = $"{tools}:{Environment.GetEnvironmentVariable("PATH")}";
        stack.Environment["VIVIT_POSTGRES"] = "Host=/nonexistent-vivit;Database=vivit;Username=vivit;Password=hunter2";

        var told = await stack.Run("doctor", "-o", "json");

        Assert.Equal(1, told.ExitCode);
        Assert.DoesNotContain("hunter2", told.Output + told.Errors, StringComparison.Ordinal);
        var findings = Read(told);
        Assert.Contains("VIVIT_POSTGRES", Assert.Single(findings, finding => finding is { Subject: "postgres", Standing: Standing.Fail }).Remedy, StringComparison.Ordinal);
        var gpu = Assert.Single(findings, finding => finding.Subject == "gpu");
        Assert.Contains("NVIDIA Test 9000", gpu.Found, StringComparison.Ordinal);
        Assert.Equal(File.Exists("/dev/nvidiactl") ? gpu.Standing : Standing.Fail, gpu.Standing);
    }

    private static Finding[] Read(Stack.Result told) => JsonSerializer.Deserialize<Finding[]>(told.Output, ContractsJson.Options)!;
}
