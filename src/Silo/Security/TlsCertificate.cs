using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using ViViT.Contracts.Configuration;

namespace ViViT.Silo.Security;

/// <summary>The certificate that the API is served with, from PEM files. A changed one serves the connections that come after.</summary>
internal sealed partial class TlsCertificate
{
    private static readonly List<SslApplicationProtocol> Protocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11];

    private readonly string file;
    private readonly string keyFile;
    private readonly TimeProvider time;
    private volatile SslStreamCertificateContext current;
    private byte[] read;
    private string? problem;

    private TlsCertificate(string file, string keyFile, TimeProvider time, (SslStreamCertificateContext Certificate, byte[] Read) loaded) =>
        (this.file, this.keyFile, this.time, current, read) = (file, keyFile, time, loaded.Certificate, loaded.Read);

    /// <summary>Number of the one that is served.</summary>
    public string Serial => current.TargetCertificate.SerialNumber;

    /// <summary>Null when the options name none.</summary>
    /// <exception cref="SettingException">It cannot be used.</exception>
    public static TlsCertificate? Load(SecurityOptions options, TimeProvider time)
    {
        if (options.Certificate is not { } file) return null;
        var keyFile = options.Key ?? file;
        try
        {
            return new(file, keyFile, time, Load(file, keyFile, time));
        }
        catch (Exception unusable) when (IsUnusable(unusable))
        {
            throw new SettingException(Settings.TlsCertificate.Variable, $"names {file}, which cannot be served with the key in {keyFile}: {unusable.Message} Give a certificate that is valid now, its chain after it, and its unencrypted private key, all PEM.");
        }
    }

    /// <summary>TLS 1.2 and later with the certificate of the moment; HTTP/1.1 and 2.</summary>
    public void ServeOn(ListenOptions endpoint)
    {
        endpoint.Protocols = HttpProtocols.Http1AndHttp2;
        endpoint.UseHttps(new TlsHandshakeCallbackOptions
        {
            HandshakeTimeout = TimeSpan.FromSeconds(10),
            OnConnection = _ => ValueTask.FromResult(new SslServerAuthenticationOptions
            {
                ServerCertificateContext = current,
                EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
                ApplicationProtocols = Protocols,
            }),
        });
    }

    /// <summary>Takes up files that were changed; keeps the certificate that there is while the new one cannot be used, and says so once.</summary>
    public void Reread(ILogger log)
    {
        try
        {
            if (Digest(file, keyFile).AsSpan().SequenceEqual(read)) return;
            (current, read) = Load(file, keyFile, time);
            problem = null;
            Changed(log, file, current.TargetCertificate.NotAfter.ToUniversalTime());
        }
        catch (Exception unusable) when (IsUnusable(unusable))
        {
            if (problem == unusable.Message) return;
            problem = unusable.Message;
            Kept(log, file, unusable.Message, current.TargetCertificate.NotAfter.ToUniversalTime());
        }
    }

    private static (SslStreamCertificateContext, byte[]) Load(string file, string keyFile, TimeProvider time)
    {
        var digest = Digest(file, keyFile);
        using var fromPem = X509Certificate2.CreateFromPemFile(file, keyFile);
        var now = time.GetLocalNow().DateTime;
        if (now > fromPem.NotAfter) throw new CryptographicException($"it expired at {fromPem.NotAfter.ToUniversalTime():yyyy-MM-dd HH:mm:ss} UTC.");
        if (now < fromPem.NotBefore) throw new CryptographicException($"it is not valid before {fromPem.NotBefore.ToUniversalTime():yyyy-MM-dd HH:mm:ss} UTC.");
        var chain = new X509Certificate2Collection();
        chain.ImportFromPemFile(file);

        // Through PKCS#12: some platforms take no key that lives in memory alone.
        var certificate = X509CertificateLoader.LoadPkcs12(fromPem.Export(X509ContentType.Pkcs12), password: null);
        return (SslStreamCertificateContext.Create(certificate, chain, offline: true), digest);
    }

    // Kubernetes swaps a link: times of change tell less than content.
    private static byte[] Digest(string file, string keyFile) => SHA256.HashData([.. SHA256.HashData(File.ReadAllBytes(file)), .. SHA256.HashData(File.ReadAllBytes(keyFile))]);

    private static bool IsUnusable(Exception fault) => fault is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException;

    [LoggerMessage(LogLevel.Information, "The certificate in {File} has changed; new connections get the new one, valid until {Until:yyyy-MM-dd HH:mm:ss} UTC")]
    private static partial void Changed(ILogger log, string file, DateTime until);

    [LoggerMessage(LogLevel.Warning, "The certificate in {File} cannot be used ({Problem}); the one before stays, valid until {Until:yyyy-MM-dd HH:mm:ss} UTC")]
    private static partial void Kept(ILogger log, string file, string problem, DateTime until);
}
