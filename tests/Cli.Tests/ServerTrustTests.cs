using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using ViViT.Contracts.Wire;
using ViViT.TestKit;

namespace ViViT.Cli.Tests;

/// <summary>Whose word the command line believes that the server is the server.</summary>
public sealed class ServerTrustTests : IAsyncLifetime
{
    private readonly Certificates certificates = new();
    private readonly Vivit vivit = new();
    private WebApplication server = null!;

    private string Port => new Uri(server.Urls.First()).Port.ToString(System.Globalization.CultureInfo.InvariantCulture);

    public async ValueTask InitializeAsync()
    {
        certificates.Issue();
        using var pem = X509Certificate2.CreateFromPemFile(certificates.Certificate, certificates.Key);
        var certificate = X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), password: null);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(certificate)));
        server = builder.Build();
        server.MapGet(Routes.Sweeps, context => context.Response.WriteAsync("[]"));
        await server.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        vivit.Dispose();
        certificates.Dispose();
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("localhost")]
    public async Task A_certificate_that_the_given_authority_signed_is_believed(string host)
    {
        vivit.To(new($"https://{host}:{Port}"), "token-of-the-test");
        vivit.Environment["VIVIT_CA"] = Path.Combine(certificates.Folder, Certificates.AuthorityFile);

        Assert.Equal(0, (await vivit.Run("sweep", "list")).ExitCode);
    }

    [Fact]
    public async Task One_of_a_stranger_or_for_another_name_is_not_and_the_error_says_what_to_mend()
    {
        using var others = new Certificates();
        vivit.To(new($"https://127.0.0.1:{Port}"), "token-of-the-test");
        var unknown = await vivit.Run("sweep", "list");
        vivit.Environment["VIVIT_CA"] = Path.Combine(others.Folder, Certificates.AuthorityFile);
        var another = await vivit.Run("sweep", "list");
        vivit.To(new($"https://127.0.0.2:{Port}"), "token-of-the-test");
        vivit.Environment["VIVIT_CA"] = Path.Combine(certificates.Folder, Certificates.AuthorityFile);
        await using var elsewhere = await Elsewhere();
        var misnamed = await vivit.Run("sweep", "list");

        foreach (var refused in new[] { unknown, another, misnamed })
        {
            Assert.Equal((1, ""), (refused.ExitCode, refused.Output));
            Assert.Contains(" is not trusted: ", refused.Errors, StringComparison.Ordinal);
            Assert.EndsWith("VIVIT_CA has to name the authority that signed it, and VIVIT_SERVER the name that it is for.\n", refused.Errors, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task An_authority_that_cannot_be_used_is_a_usage_error()
    {
        vivit.To(new($"https://127.0.0.1:{Port}"), "token-of-the-test");
        vivit.Environment["VIVIT_CA"] = vivit.Write("ca.pem", "no certificate");

        var refused = await vivit.Run("sweep", "list");

        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("VIVIT_CA names ", refused.Errors, StringComparison.Ordinal);
    }

    // The same certificate at an address that it is not for.
    private async Task<WebApplication> Elsewhere()
    {
        using var pem = X509Certificate2.CreateFromPemFile(certificates.Certificate, certificates.Key);
        var certificate = X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), password: null);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Parse("127.0.0.2"), int.Parse(Port, System.Globalization.CultureInfo.InvariantCulture), listen => listen.UseHttps(certificate)));
        var app = builder.Build();
        await app.StartAsync();
        return app;
    }
}
