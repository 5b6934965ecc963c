using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ViViT.Contracts.Configuration;

namespace ViViT.Cli;

/// <summary>Which certificates of servers are believed: those of the system's authorities, or of the ones that VIVIT_CA names instead. Names are checked in any case.</summary>
internal static class ServerTrust
{
    /// <param name="authority">Path of a PEM file; null: the system's authorities.</param>
    /// <exception cref="CommandException">The file cannot be used.</exception>
    public static SslClientAuthenticationOptions Of(string? authority)
    {
        if (authority is not { Length: > 0 }) return new();
        try
        {
            var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            policy.CustomTrustStore.ImportFromPemFile(authority);
            return policy.CustomTrustStore.Count > 0
                ? new() { CertificateChainPolicy = policy }
                : throw new CommandException($"{Variable} ('{authority}') holds no certificate. Name the PEM file of the authority that signed the silo's.", ExitCodes.Usage);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new CommandException($"{Variable} ('{authority}') cannot be used: {unreadable.Message} Name the PEM file of the authority that signed the silo's certificate.", ExitCodes.Usage);
        }
    }

    /// <summary>What to do about a connection that failed for its certificate; null when it failed for something else.</summary>
    public static string? Remedy(Uri server, HttpRequestException failed) => failed.InnerException is AuthenticationException untrusted
        ? $"{server} is not trusted: {untrusted.Message.TrimEnd('.')}. See whether VIVIT_SERVER names the host as its certificate does, and {Variable} the PEM file of the authority that signed it."
        : null;

    private static string Variable => Settings.CertificateAuthority.Variable;
}
