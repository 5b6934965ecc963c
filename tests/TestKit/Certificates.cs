using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace ViViT.TestKit;

/// <summary>A folder with an authority of its own and certificates that it signs, for 127.0.0.1 and localhost.</summary>
public sealed class Certificates : IDisposable
{
    public const string AuthorityFile = "ca.pem";

    private readonly X509Certificate2 authority;

    public Certificates()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=test authority", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, critical: true));
        authority = request.CreateSelfSigned(Now.AddDays(-400), Now.AddDays(400));
        File.WriteAllText(Path.Combine(Folder, AuthorityFile), authority.ExportCertificatePem());
    }

    public string Folder { get; } = Directory.CreateTempSubdirectory("vivit-tls-").FullName;

    public string Certificate => Path.Combine(Folder, "tls.crt");

    public string Key => Path.Combine(Folder, "tls.key");

    public (string, string)[] Settings => [("VIVIT_TLS_CERTIFICATE", Certificate), ("VIVIT_TLS_KEY", Key)];

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    public static X509ChainPolicy Trust(string authority)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.ImportFromPemFile(authority);
        return policy;
    }

    /// <summary>Signs a fresh one and puts it into place.</summary>
    public string Issue(bool rsa = false, int fromDays = -1, int untilDays = 30)
    {
        var (certificate, key, serial) = Sign(rsa, fromDays, untilDays);
        File.WriteAllText(Key, key);
        File.WriteAllText(Certificate, certificate);
        return serial;
    }

    /// <returns>Certificate and key as PEM.</returns>
    public (string Certificate, string Key, string Serial) Sign(bool rsa = false, int fromDays = -1, int untilDays = 30)
    {
        using AsymmetricAlgorithm key = rsa ? RSA.Create(2048) : ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = rsa
            ? new CertificateRequest("CN=silo", (RSA)key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            : new CertificateRequest("CN=silo", (ECDsa)key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(System.Net.IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        var serial = RandomNumberGenerator.GetBytes(8);
        serial[0] = 1;
        using var signed = request.Create(authority.SubjectName, X509SignatureGenerator.CreateForECDsa(authority.GetECDsaPrivateKey()!), Now.AddDays(fromDays), Now.AddDays(untilDays), serial);
        return (signed.ExportCertificatePem() + "\n", key.ExportPkcs8PrivateKeyPem() + "\n", signed.SerialNumber);
    }

    public void Dispose()
    {
        authority.Dispose();
        Directory.Delete(Folder, recursive: true);
    }
}
