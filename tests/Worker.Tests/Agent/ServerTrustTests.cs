using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using ViViT.Contracts.Configuration;
using ViViT.Contracts.Wire;
using ViViT.Worker.Agent;
using ViViT.Worker.Tests.Support;

namespace ViViT.Worker.Tests.Agent;

/// <summary>Whose word a worker believes that the server is the server.</summary>
public sealed class ServerTrustTests : IDisposable
{
    private readonly TestFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_server_whose_certificate_the_given_authority_signed_is_believed()
    {
        using var authority = Authority("right");
        await using var server = await Serve(authority, "127.0.0.1");

        Assert.Null(await Ask(server, Pem(authority)));
    }

    [Fact]
    public async Task One_that_another_authority_signed_is_not_and_the_error_says_what_to_mend()
    {
        using var authority = Authority("right");
        using var other = Authority("other");
        await using var server = await Serve(authority, "127.0.0.1");

        foreach (var given in (string?[])[Pem(other), null])
        {
            var refused = await Assert.ThrowsAsync<ServerUnreachableException>(() => Ask(server, given));
            Assert.EndsWith("If the server's certificate is right, VIVIT_CA has to name the authority that signed it, and VIVIT_SERVER the name that it is for.", refused.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task One_for_another_name_is_not_though_the_authority_signed_it()
    {
        using var authority = Authority("right");
        await using var server = await Serve(authority, "elsewhere.example");

        var refused = await Assert.ThrowsAsync<ServerUnreachableException>(() => Ask(server, Pem(authority)));

        Assert.Contains("NameMismatch", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_without_tls_is_named_as_such()
    {
        await using var silo = await FakeSilo.Start();

        var refused = await Assert.ThrowsAsync<ServerUnreachableException>(() => Ask(new Uri($"https://127.0.0.1:{silo.Address.Port}"), authority: null));

        Assert.Contains("Does the server speak TLS there?", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "which cannot be read: Could not find file")]
    [InlineData("no certificate", "which holds no certificate. Give the PEM file of the authority that signed the silo's certificate.")]
    [InlineData("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "which cannot be read: ")]
    public void A_file_that_cannot_be_used_is_named_at_the_start(string? content, string problem)
    {
        if (content is not null) File.WriteAllText(folder["ca.pem"], content);

        var unusable = Assert.Throws<SettingException>(() => ControlPlaneClient.Connect(new("https://127.0.0.1:1"), folder["ca.pem"]));

        Assert.StartsWith($"VIVIT_CA names {folder["ca.pem"]}, {problem}", unusable.Message, StringComparison.Ordinal);
    }

    private static async Task<Lease?> Ask(WebApplication server, string? authority) => await Ask(new Uri(server.Urls.First()), authority);

    private static async Task<Lease?> Ask(Uri server, string? authority)
    {
        using var http = ControlPlaneClient.Connect(server, authority);
        return await new ControlPlaneClient(http, "test-0001", new BearerToken("/nowhere")).Lease(new("local", "slot-0", "cpu", "cpu/test", 1, 1), TestContext.Current.CancellationToken);
    }

    private static X509Certificate2 Authority(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, critical: true));
        var now = TimeProvider.System.GetUtcNow();
        return request.CreateSelfSigned(now.AddDays(-2), now.AddDays(2));
    }

    private string Pem(X509Certificate2 authority)
    {
        var path = folder[$"{authority.Subject}.pem"];
        File.WriteAllText(path, authority.ExportCertificatePem());
        return path;
    }

    private static async Task<WebApplication> Serve(X509Certificate2 authority, string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        if (IPAddress.TryParse(name, out var address)) names.AddIpAddress(address);
        else names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        using var signed = request.Create(authority, now.AddDays(-1), now.AddDays(1), RandomNumberGenerator.GetBytes(8));
        using var withKey = signed.CopyWithPrivateKey(key);
        var certificate = X509CertificateLoader.LoadPkcs12(withKey.Export(X509ContentType.Pfx), password: null);

        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(certificate)));
        var app = builder.Build();
        app.MapPost(Routes.WorkerLease, context =>
        {
            context.Response.StatusCode = StatusCodes.Status204NoContent;
            return Task.CompletedTask;
        });
        await app.StartAsync();
        return app;
    }
}
