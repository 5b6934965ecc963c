using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging.Abstractions;
using ViViT.Contracts.Configuration;
using ViViT.Contracts.Wire;
using ViViT.Silo.Security;
using ViViT.TestKit;

namespace ViViT.Silo.Tests.Access;

public sealed class TlsTests : IDisposable
{
    private readonly Certificates certificates = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_api_speaks_tls_http_1_and_2_and_a_new_certificate_is_taken_up_while_it_serves()
    {
        var first = certificates.Issue();
        await using var database = await PostgresServer.CreateEmptyDatabase();
        await using var silo = await SiloProcess.Start(database.ConnectionString, certificates.Settings);

        Assert.Equal(HttpStatusCode.OK, (await silo.Client.GetAsync(Routes.Sweeps, Stop)).StatusCode);
        Assert.Equal(new Version(2, 0), await Version(silo, new Version(2, 0)));
        Assert.Equal(new Version(1, 1), await Version(silo, new Version(1, 1)));
        Assert.Equal((first, true), await Shake(silo, SslProtocols.Tls12));
        Assert.Equal((first, true), await Shake(silo, SslProtocols.Tls13));
        await Assert.ThrowsAnyAsync<Exception>(() => Plainly(silo));

        // As Kubernetes does it: a link to a folder, swapped for one to another.
        File.WriteAllText(certificates.Certificate, "no certificate");
        await Until(() => silo.Log.Contains("the one before stays", StringComparison.Ordinal), silo);
        Assert.Equal(first, (await Shake(silo, SslProtocols.None)).Serial);
        var second = certificates.Issue(rsa: true);
        for (var tries = 0; (await Shake(silo, SslProtocols.None)).Serial != second; tries++)
        {
            Assert.True(tries < 600, silo.Log);
            await Task.Delay(100, Stop);
        }

        Assert.Equal(HttpStatusCode.OK, (await silo.Client.GetAsync(Routes.Sweeps, Stop)).StatusCode);
    }

    [Fact]
    public void What_cannot_be_served_keeps_the_silo_from_starting_and_is_told()
    {
        certificates.Issue();
        Assert.NotNull(TlsCertificate.Load(Options(), TimeProvider.System));

        certificates.Issue(fromDays: -20, untilDays: -10);
        Assert.Contains("expired at", Refused(), StringComparison.Ordinal);
        certificates.Issue(fromDays: 10, untilDays: 20);
        Assert.Contains("not valid before", Refused(), StringComparison.Ordinal);
        certificates.Issue();
        File.WriteAllText(certificates.Key, certificates.Sign().Key);
        Assert.Contains("key", Refused(), StringComparison.Ordinal);
        File.WriteAllText(certificates.Key, "");
        Assert.Contains("PEM", Refused(), StringComparison.Ordinal);
        File.Delete(certificates.Key);
        Assert.Contains(certificates.Key, Refused(), StringComparison.Ordinal);
    }

    [Fact]
    public void Links_that_are_swapped_beneath_the_name_are_followed_and_an_unusable_pair_is_not_taken()
    {
        foreach (var version in (string[])["a", "b"])
        {
            certificates.Issue();
            Directory.CreateDirectory(Path.Combine(certificates.Folder, version));
            File.Move(certificates.Certificate, Path.Combine(certificates.Folder, version, "tls.crt"));
            File.Move(certificates.Key, Path.Combine(certificates.Folder, version, "tls.key"));
        }

        var link = Path.Combine(certificates.Folder, "..data");
        Directory.CreateSymbolicLink(link, Path.Combine(certificates.Folder, "a"));
        var served = TlsCertificate.Load(Options() with { Certificate = Path.Combine(link, "tls.crt"), Key = Path.Combine(link, "tls.key") }, TimeProvider.System)!;
        var before = served.Serial;

        Swap("b");
        served.Reread(NullLogger.Instance);
        var after = served.Serial;
        File.WriteAllText(Path.Combine(certificates.Folder, "a", "tls.key"), "broken");
        Swap("a");
        served.Reread(NullLogger.Instance);

        Assert.NotEqual(before, after);
        Assert.Equal(after, served.Serial);

        void Swap(string version)
        {
            Directory.Delete(link);
            Directory.CreateSymbolicLink(link, Path.Combine(certificates.Folder, version));
        }
    }

    [Theory]
    [InlineData("https://0.0.0.0:5860", "", "", "loopback", "VIVIT_LISTEN asks for TLS, and VIVIT_TLS_CERTIFICATE names no certificate")]
    [InlineData("http://0.0.0.0:5860", "", "", "loopback", "VIVIT_LISTEN can be reached from other machines, and tokens would travel unencrypted. Give https://…")]
    [InlineData("http://127.0.0.1:5860", "/c", "/k", "loopback", "VIVIT_TLS_CERTIFICATE is set, and VIVIT_LISTEN asks for no TLS")]
    [InlineData("http://127.0.0.1:5860", "", "/k", "loopback", "VIVIT_TLS_KEY is set and VIVIT_TLS_CERTIFICATE is not")]
    [InlineData("https://0.0.0.0:5860", "/c", "/k", "loopback", null)]
    [InlineData("http://0.0.0.0:5860", "", "", "anywhere", null)]
    [InlineData("http://[::1]:5860", "", "", "loopback", null)]
    public void Where_and_how_the_api_may_be_served(string listen, string certificate, string key, string plain, string? problem)
    {
        var environment = new Dictionary<string, string> { ["VIVIT_LISTEN"] = listen, ["VIVIT_TLS_CERTIFICATE"] = certificate, ["VIVIT_TLS_KEY"] = key, ["VIVIT_PLAIN_HTTP"] = plain };
        var settings = SettingValues.Of(Programs.Silo, [], environment.GetValueOrDefault);

        var refused = Record.Exception(() => SecurityOptions.Read(settings));

        if (problem is null) Assert.Null(refused);
        else Assert.StartsWith(problem, Assert.IsType<SettingException>(refused).Message, StringComparison.Ordinal);
    }

    public void Dispose() => certificates.Dispose();

    private SecurityOptions Options() => new(certificates.Certificate, certificates.Key, 1_000, new HashSet<string>());

    private string Refused() => Assert.Throws<SettingException>(() => TlsCertificate.Load(Options(), TimeProvider.System)).Message;

    private static async Task<Version> Version(SiloProcess silo, Version wanted)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Routes.HealthLive) { Version = wanted, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        using var response = await silo.Client.SendAsync(request, Stop);
        return response.Version;
    }

    private async Task<(string Serial, bool Trusted)> Shake(SiloProcess silo, SslProtocols protocol)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, silo.Address.Port, Stop);
        await using var tls = new SslStream(socket.GetStream());
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "localhost", EnabledSslProtocols = protocol, CertificateChainPolicy = Certificates.Trust(Path.Combine(certificates.Folder, Certificates.AuthorityFile)),
        }, Stop);
        return (((X509Certificate2)tls.RemoteCertificate!).SerialNumber, tls.IsAuthenticated);
    }

    private static async Task Plainly(SiloProcess silo)
    {
        using var http = new HttpClient();
        (await http.GetAsync(new UriBuilder(silo.Address) { Scheme = "http" }.Uri, Stop)).EnsureSuccessStatusCode();
    }

    private static async Task Until(Func<bool> happened, SiloProcess silo)
    {
        for (var tries = 0; !happened(); tries++)
        {
            Assert.True(tries < 600, silo.Log);
            await Task.Delay(100, Stop);
        }
    }
}
