using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using ViViT.Contracts;
using ViViT.Contracts.Access;
using ViViT.Contracts.Diagnosis;
using ViViT.Contracts.Wire;

namespace ViViT.Cli.Tests.Doctor;

/// <summary>Real certificates on a real TLS server.</summary>
public sealed class DoctorTlsTests
{
    [Theory]
    [InlineData("localhost", 90, true, Standing.Ok, "until")]
    [InlineData("localhost", 3, true, Standing.Warn, "until")]
    [InlineData("localhost", -1, true, Standing.Fail, "which is over")]
    [InlineData("other.example", 90, true, Standing.Fail, "made for another name")]
    [InlineData("localhost", 90, false, Standing.Fail, "signed by nobody that is trusted here")]
    public async Task A_certificate_is_looked_at_before_a_token_is_shown(string name, int days, bool trusted, Standing standing, string found)
    {
        using var certificate = Make(name, days);
        await using var server = await Serve(certificate);
        using var vivit = new Vivit().To(new Uri(server.Urls.Single().Replace("127.0.0.1", "localhost", StringComparison.Ordinal)), "secret");
        if (trusted) vivit.Environment["VIVIT_CA"] = vivit.Write("ca.pem", certificate.ExportCertificatePem());

        var told = await vivit.Run("doctor", "-o", "json");

        var findings = JsonSerializer.Deserialize<Finding[]>(told.Output, ContractsJson.Options)!;
        var tls = Assert.Single(findings, finding => finding.Subject == "tls");
        Assert.True(tls.Standing == standing && tls.Found.Contains(found, StringComparison.Ordinal), $"{tls}");
        Assert.Equal(standing != Standing.Fail, findings.Any(finding => finding is { Subject: "token", Standing: Standing.Ok }));
    }

    private static X509Certificate2 Make(string name, int days)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true));
        var now = TimeProvider.System.GetUtcNow();
        using var made = request.CreateSelfSigned(now.AddDays(-30), now.AddDays(days));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pfx), password: null);
    }

    private static async Task<WebApplication> Serve(X509Certificate2 certificate)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, endpoint => endpoint.UseHttps(certificate)));
        var server = builder.Build();
        server.MapGet(Routes.HealthReady, () => "ready");
        server.MapGet(Routes.WhoAmI, () => Microsoft.AspNetCore.Http.Results.Json(new WhoAmI("ada", Role.Viewer, null), ContractsJson.Options));
        server.MapGet(Routes.Workers, () => Microsoft.AspNetCore.Http.Results.Json(Array.Empty<WorkerRow>(), ContractsJson.Options));
        await server.StartAsync();
        return server;
    }
}
