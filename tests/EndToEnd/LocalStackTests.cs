using System.Diagnostics;
using System.Text.Json;

namespace ViViT.EndToEnd.Tests;

public sealed class LocalStackTests
{
    [Fact]
    public async Task Up_and_down_may_be_said_twice()
    {
        await using var stack = new Stack();

        await stack.Do("up");
        var silo = stack.Pids("silo");
        await stack.Do("up");

        Assert.Equal(silo, stack.Pids("silo"));
        await stack.Do("down");
        await stack.Do("down");
        Assert.Empty(stack.Pids("silo"));
    }

    [Fact]
    public async Task The_token_is_its_owners_alone_and_every_request_needs_it()
    {
        await using var stack = new Stack();
        await stack.Do("up");

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(stack.Folder, "token")));
        using var record = JsonDocument.Parse(File.ReadAllText(Path.Combine(stack.Folder, "stack.json")));
        using var client = new HttpClient { BaseAddress = new Uri(record.RootElement.GetProperty("Server").GetString()!) };
        Assert.True(client.BaseAddress.IsLoopback);
        Assert.Equal(System.Net.HttpStatusCode.Unauthorized, (await client.GetAsync(new Uri("/v1/sweeps", UriKind.Relative))).StatusCode);
        client.DefaultRequestHeaders.Authorization = new("Bearer", File.ReadAllText(Path.Combine(stack.Folder, "token")).Trim());
        Assert.Equal(System.Net.HttpStatusCode.OK, (await client.GetAsync(new Uri("/v1/sweeps", UriKind.Relative))).StatusCode);
    }

    [Fact]
    public async Task It_says_where_its_metrics_are()
    {
        await using var stack = new Stack();

        var up = await stack.Do("up");

        using var record = JsonDocument.Parse(File.ReadAllText(Path.Combine(stack.Folder, "stack.json")));
        var addresses = ((string[])["Server", "SiloManagement", "WorkerManagement"]).Select(name => new Uri(record.RootElement.GetProperty(name).GetString()!)).ToList();
        Assert.Equal(3, addresses.Select(address => address.Port).Distinct().Count());
        Assert.All(addresses, address => Assert.True(address.IsLoopback));
        Assert.All(addresses[1..], address => Assert.Contains($"{address}metrics", up.Errors, StringComparison.Ordinal));
        using var client = new HttpClient();
        Assert.Contains("vivit_build_info", await client.GetStringAsync(new Uri(addresses[1], "/metrics")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stack_whose_supervisor_was_killed_comes_up_again_with_its_data()
    {
        await using var stack = new Stack();
        await stack.Do("up");
        using var record = JsonDocument.Parse(File.ReadAllText(Path.Combine(stack.Folder, "stack.json")));
        var left = stack.Pids("silo");
        Stack.Kill9(record.RootElement.GetProperty("Supervisor").GetProperty("Pid").GetInt32());

        await stack.Do("up");

        Assert.NotEqual(left, stack.Pids("silo"));
        Assert.False(Stack.IsAlive(left[0]));
        await stack.Do("sweep", "list");
    }

    [Fact]
    public async Task A_folder_too_deep_for_the_databases_socket_is_refused_with_a_remedy()
    {
        await using var stack = new Stack();
        stack.Environment["VIVIT_STATE"] = Path.Combine(stack.Folder, new string('x', 100));

        var up = await stack.Run("up");

        Assert.Equal(1, up.ExitCode);
        Assert.Contains("Set VIVIT_STATE to a shorter folder", up.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_setting_that_the_silo_refuses_is_told_and_nothing_stays_behind()
    {
        await using var stack = new Stack();
        stack.Environment["VIVIT_POSTGRES"] = "Hst=nowhere";

        var up = await stack.Run("up");

        Assert.Equal(1, up.ExitCode);
        Assert.Contains("VIVIT_POSTGRES is no connection string", up.Errors, StringComparison.Ordinal);
        Assert.All((string[])["silo", "worker", "postgres"], part => Assert.Empty(stack.Pids(part)));
    }

    [Fact]
    public async Task Interrupting_a_run_detaches_and_the_sweep_goes_on()
    {
        await using var stack = new Stack();
        var file = stack.Write("long.yaml", """
            name: long
            experiment:
              data: {name: shapes3d, limit: 96}
              model: {width: 32, layers: 2, heads: 2}
              training: {epochs: 2000, batch_size: 16}
            """);
        using var run = stack.Start("sweep", "run", file);
        var output = run.StandardOutput.ReadToEndAsync();
        var errors = run.StandardError.ReadToEndAsync();
        await stack.Until(async () => await stack.TryStatus(new(1)) is { Counts.Running: 1, StepsDone: > 0 });

        using (var interrupt = Process.Start("kill", ["-INT", $"{run.Id}"])) await interrupt.WaitForExitAsync();
        await run.WaitForExitAsync();

        Assert.Equal(130, run.ExitCode);
        Assert.Contains("vivit sweep status 1", await errors, StringComparison.Ordinal);
        Assert.Empty(await output);
        using var status = JsonDocument.Parse((await stack.Do("sweep", "status", "1", "-o", "json")).Output);
        Assert.Equal("running", status.RootElement.GetProperty("sweep").GetProperty("state").GetString());
        await stack.Do("sweep", "cancel", "1");
    }
}
