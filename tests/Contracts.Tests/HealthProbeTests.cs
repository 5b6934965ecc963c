using System.Net;
using System.Net.Sockets;
using System.Text;
using ViViT.Contracts.Health;

namespace ViViT.Contracts.Tests;

public sealed class HealthProbeTests
{
    [Theory]
    [InlineData("200 OK", "ready", 0)]
    [InlineData("503 Service Unavailable", "ready", 1)]
    [InlineData("200 OK", "live", 0)]
    public async Task The_exit_code_is_the_answer_of_the_management_address(string status, string question, int exitCode)
    {
        using var listener = new TcpListener(IPAddress.Loopback, port: 0);
        listener.Start();
        var asked = AnswerOne(listener, status);
        using var problems = new StringWriter();

        var result = await HealthProbe.Ask($"http://0.0.0.0:{((IPEndPoint)listener.LocalEndpoint).Port}", question, problems, TestContext.Current.CancellationToken);

        Assert.Equal((exitCode, $"GET /health/{question} HTTP/1.1"), (result, await asked));
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

        Assert.Equal(1, await HealthProbe.Ask($"http://127.0.0.1:{port}", "ready", problems, TestContext.Current.CancellationToken));
        Assert.Contains($"127.0.0.1:{port}/health/ready", problems.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "ready", "VIVIT_MANAGEMENT")]
    [InlineData("9464", "ready", "VIVIT_MANAGEMENT")]
    [InlineData("http://127.0.0.1:1", "well", "live or ready")]
    public async Task What_cannot_be_asked_is_said(string? management, string question, string said)
    {
        using var problems = new StringWriter();

        Assert.Equal(2, await HealthProbe.Ask(management, question, problems, TestContext.Current.CancellationToken));
        Assert.Contains(said, problems.ToString(), StringComparison.Ordinal);
    }

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
