using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace ViViT.Contracts.Configuration;

/// <summary>Which certificates of the server are believed.</summary>
public static class ServerTrust
{
    private const string Remedy = "Give the PEM file of the authority that signed the silo's certificate.";

    /// <param name="authority">PEM file with the only authorities to trust; the system's when null. That the name fits is checked either way.</param>
    /// <exception cref="SettingException">The file cannot be used.</exception>
    public static SslClientAuthenticationOptions Of(string? authority)
    {
        if (authority is null) return new();
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        try
        {
            policy.CustomTrustStore.ImportFromPemFile(authority);
        }
        catch (Exception unusable) when (unusable is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new SettingException(Settings.CertificateAuthority.Variable, $"names {authority}, which cannot be read: {unusable.Message} {Remedy}");
        }

        return policy.CustomTrustStore.Count > 0
            ? new() { CertificateChainPolicy = policy }
            : throw new SettingException(Settings.CertificateAuthority.Variable, $"names {authority}, which holds no certificate. {Remedy}");
    }
}
