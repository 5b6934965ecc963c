using System.Net;
using ViViT.Contracts.Configuration;
using ViViT.Silo.Configuration;
using ViViT.Silo.Security;

namespace ViViT.Silo.Tests;

public sealed class SiloOptionsTests
{
    [Fact]
    public void The_defaults_serve_loopback_and_lease_for_fifteen_seconds()
    {
        var options = Read();

        Assert.Equal([new IPEndPoint(IPAddress.Loopback, 5860)], options.Listen);
        Assert.Equal(TimeSpan.FromSeconds(15), options.LeaseTerm);
    }

    [Theory]
    [InlineData("http://localhost:81", new[] { "127.0.0.1:81", "[::1]:81" })]
    [InlineData("http://127.0.0.2:81", new[] { "127.0.0.2:81" })]
    [InlineData("http://[::1]:81", new[] { "[::1]:81" })]
    public void Loopback_addresses_are_taken(string listen, string[] expected)
    {
        var options = Read(("VIVIT_LISTEN", listen));

        Assert.Equal(expected, options.Listen.Select(endpoint => endpoint.ToString()));
    }

    [Theory]
    [InlineData("http://0.0.0.0:5860", "can be reached from other machines")]
    [InlineData("http://[::]:5860", "can be reached from other machines")]
    [InlineData("http://192.168.1.3:5860", "can be reached from other machines")]
    [InlineData("http://silo.example:5860", "a name, where an address of this machine is needed")]
    [InlineData("https://127.0.0.1:5860", "asks for TLS")]
    [InlineData("http://127.0.0.1:5860/base", "Give scheme, address and port")]
    [InlineData("5860", "Give scheme, address and port")]
    public void Everything_else_is_refused_with_a_remedy(string listen, string problem)
    {
        var refused = Assert.Throws<SettingException>(() => Read(("VIVIT_LISTEN", listen)));

        Assert.StartsWith("VIVIT_LISTEN ", refused.Message, StringComparison.Ordinal);
        Assert.Contains(problem, refused.Message, StringComparison.Ordinal);
        Assert.Contains("http://127.0.0.1:5860", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("VIVIT_POSTGRES", "")]
    [InlineData("VIVIT_POSTGRES", "Hots=x")]
    [InlineData("VIVIT_TOKEN_FILE", "")]
    [InlineData("VIVIT_LEASE_SECONDS", "soon")]
    [InlineData("VIVIT_LEASE_SECONDS", "0")]
    [InlineData("VIVIT_LEASE_SECONDS", "NaN")]
    [InlineData("VIVIT_ORLEANS_SILO_PORT", "70000")]
    [InlineData("VIVIT_ORLEANS_GATEWAY_PORT", "-1")]
    public void A_setting_that_cannot_be_used_is_named(string name, string value)
    {
        var refused = Assert.Throws<SettingException>(() => Read((name, value)));

        Assert.StartsWith($"{name} ", refused.Message, StringComparison.Ordinal);
    }

    internal static SiloOptions Read(params (string Name, string Value)[] settings)
    {
        var environment = new Dictionary<string, string> { ["VIVIT_POSTGRES"] = "Host=/tmp", ["VIVIT_TOKEN_FILE"] = "/tmp/token" };
        foreach (var (name, value) in settings) environment[name] = value;
        var values = SettingValues.Of(Programs.Silo, [], environment.GetValueOrDefault);
        SecurityOptions.Read(values);
        return SiloOptions.Read(values, environment.GetValueOrDefault);
    }
}
