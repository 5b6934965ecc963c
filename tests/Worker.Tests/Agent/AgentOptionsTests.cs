using ViViT.Contracts.Configuration;
using ViViT.Worker.Agent;

namespace ViViT.Worker.Tests.Agent;

public sealed class AgentOptionsTests
{
    private readonly Dictionary<string, string> environment = new()
    {
        ["VIVIT_SERVER"] = "http://127.0.0.1:5860",
        ["VIVIT_TOKEN_FILE"] = "/run/vivit/token",
        ["HOME"] = "/home/ada",
    };

    [Fact]
    public void A_machine_without_a_gpu_gets_a_one_thread_slot_for_each_core()
    {
        var options = Read();

        Assert.Equal(Enumerable.Repeat("cpu", Environment.ProcessorCount), options.Slots);
        Assert.Equal((1, "cpu", "local", 256), (options.Threads, options.Device, options.Pool, options.MaxGroup));
        Assert.Equal(("/home/ada/.cache/vivit", "/home/ada/.local/state/vivit/checkpoints"), (options.Data, options.Checkpoints));
        Assert.Matches($"^{Environment.MachineName}-[0-9a-f]{{4}}$", options.Worker);
    }

    [Fact]
    public void Draining_when_idle_is_a_flag_and_off_without_it()
    {
        Assert.False(Read().DrainWhenIdle);
        Assert.True(AgentOptions.Read(SettingValues.Of(Programs.Worker, ["--drain-when-idle"], environment.GetValueOrDefault), environment.GetValueOrDefault, () => 0).DrainWhenIdle);
    }

    [Fact]
    public void Slots_beyond_the_number_of_gpus_share_them()
    {
        environment["VIVIT_SLOTS"] = "3";

        Assert.Equal(["cuda:0", "cuda:1", "cuda:0"], Read(gpus: 2).Slots);
    }

    [Fact]
    public void A_gpu_is_not_looked_for_when_the_cpu_is_asked_for()
    {
        environment["VIVIT_DEVICE"] = "cpu";

        var options = AgentOptions.Read(SettingValues.Of(Programs.Worker, [], environment.GetValueOrDefault), environment.GetValueOrDefault, () => throw new InvalidOperationException("asked"));

        Assert.Equal("cpu", options.Device);
    }

    [Fact]
    public void Every_setting_has_its_variable()
    {
        foreach (var (name, value) in ((string, string)[])[("VIVIT_POOL", "gpu"), ("VIVIT_WORKER", "node-7"), ("VIVIT_DATA", "/d"), ("VIVIT_CHECKPOINTS", "/c"), ("VIVIT_SLOTS", "2"), ("VIVIT_MAX_GROUP", "12"), ("VIVIT_STALL_SECONDS", "600"), ("VIVIT_GRACE_SECONDS", "45"), ("VIVIT_CA", "/ca.pem"), ("VIVIT_DRAIN_WHEN_IDLE", "true"), ("VIVIT_MANAGEMENT", "http://0.0.0.0:9464")])
        {
            environment[name] = value;
        }

        var options = Read();

        Assert.Equal(("gpu", "/d", "/c", 2, 12, "/run/vivit/token"), (options.Pool, options.Data, options.Checkpoints, options.Slots.Count, options.MaxGroup, options.TokenFile));
        Assert.Equal((TimeSpan.FromMinutes(10), TimeSpan.FromSeconds(45)), (options.Stall, options.Grace));
        Assert.Equal(("/ca.pem", true, "0.0.0.0:9464"), (options.CertificateAuthority, options.DrainWhenIdle, options.Management?.EndPoints.Single().ToString()));
        Assert.StartsWith("node-7-", options.Worker, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("VIVIT_SERVER", null, "VIVIT_SERVER is not set. Give an absolute http or https URL, e.g. http://127.0.0.1:5860.")]
    [InlineData("VIVIT_SERVER", "silo:5860", "VIVIT_SERVER is 'silo:5860'. Give an absolute http or https URL, e.g. http://127.0.0.1:5860.")]
    [InlineData("VIVIT_TOKEN_FILE", " ", "VIVIT_TOKEN_FILE is not set. Give the file with the bearer token.")]
    [InlineData("VIVIT_SLOTS", "0", "VIVIT_SLOTS is '0'. Give a whole number from 1 to 1024.")]
    [InlineData("VIVIT_SLOTS", "two", "VIVIT_SLOTS is 'two'. Give a whole number from 1 to 1024.")]
    [InlineData("VIVIT_MAX_GROUP", "0", "VIVIT_MAX_GROUP is '0'. Give a whole number from 1 to 1024.")]
    [InlineData("VIVIT_STALL_SECONDS", "0", "VIVIT_STALL_SECONDS is '0'. Give a number of seconds from 1 to 86400.")]
    [InlineData("VIVIT_STALL_SECONDS", "2m", "VIVIT_STALL_SECONDS is '2m'. Give a number of seconds from 1 to 86400.")]
    [InlineData("VIVIT_DEVICE", "tpu", "VIVIT_DEVICE is 'tpu'. Give cpu, cuda or auto.")]
    [InlineData("VIVIT_DEVICE", "cuda", "VIVIT_DEVICE is cuda, but libtorch finds no CUDA device.")]
    [InlineData("HOME", null, "HOME is not set. Set it, or XDG_CACHE_HOME, or VIVIT_DATA and VIVIT_CHECKPOINTS.")]
    public void A_bad_setting_is_named_with_its_remedy(string name, string? value, string message)
    {
        if (value is null) environment.Remove(name);
        else environment[name] = value;

        Assert.StartsWith(message, Assert.Throws<SettingException>(() => Read()).Message, StringComparison.Ordinal);
    }

    private AgentOptions Read(int gpus = 0) => AgentOptions.Read(SettingValues.Of(Programs.Worker, [], environment.GetValueOrDefault), environment.GetValueOrDefault, () => gpus);
}
