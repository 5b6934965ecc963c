using System.Net;
using System.Net.Sockets;
using System.Text;
using ViViT.Contracts.Configuration;
using ViViT.Contracts.Health;

namespace ViViT.Contracts.Tests;

public sealed class HealthProbeTests
{
    [Theory]
    [InlineData("200 OK", 0)]
    [InlineData("503 Service Unavailable", 1)]
    public async Task The_exit_code_is_the_answer_of_the_management_address(string status, int exitCode)
    {
        using var listener = new TcpListener(IPAddress.Loopback, port: 0);
        listener.Start();
        var asked = AnswerOne(listener, status);
        using var problems = new StringWriter();

        var result = await Ask($"http://0.0.0.0:{((IPEndPoint)listener.LocalEndpoint).Port}", problems);

        Assert.Equal((exitCode, "GET /health/ready HTTP/1.1"), (result, await asked));
        Assert.Equal(exitCode == 0, problems.ToString().Length == 0);
    }

    [Fact]
    public async Task Nobody_there_is_unwell()
    {
        using var listener = new TcpListener(IPAddress.Loopback, port: 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        using var problems = new StringWriter();

        Assert.Equal(1, await Ask($"http://127.0.0.1:{port}", problems));
        Assert.Contains($"127.0.0.1:{port}/health/ready", problems.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("9464")]
    [InlineData("https://127.0.0.1:1")]
    public async Task Who_cannot_be_asked_is_said(string? management)
    {
        using var problems = new StringWriter();

        Assert.Equal(2, await Ask(management, problems));
        Assert.Contains("VIVIT_MANAGEMENT", problems.ToString(), StringComparison.Ordinal);
    }

    private static Task<int> Ask(string? management, StringWriter problems) =>
        HealthProbe.Ask(Programs.Worker, [], name => name == "VIVIT_MANAGEMENT" ? management : null, problems, TestContext.Current.CancellationToken);

    private static async Task<string?> AnswerOne(TcpListener listener, string status)
    {
        using var client = await listener.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
        using var reader = new StreamReader(client.GetStream());
        var request = await reader.ReadLineAsync(TestContext.Current.CancellationToken);
        while (await reader.ReadLineAsync(TestContext.Current.CancellationToken) is { Length: > 0 })
        {
        }

        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"), TestContext.Current.CancellationToken);
        return request;
    }
}
