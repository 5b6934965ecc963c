using ViViT.Contracts.Configuration;

namespace ViViT.Silo.Security;

/// <summary>What the silo is told about its protection.</summary>
/// <param name="Certificate">PEM file; null: no TLS.</param>
/// <param name="Key">PEM file; null: the key is in the certificate's file.</param>
/// <param name="AllowedHosts">Names that may be asked for besides this machine's; none when empty, <c>*</c> for all.</param>
internal sealed record SecurityOptions(string? Certificate, string? Key, int RequestsPerSecond, IReadOnlySet<string> AllowedHosts)
{
    /// <exception cref="SettingException">The settings contradict each other, or serve the API in a way that others could listen to.</exception>
    public static SecurityOptions Read(SettingValues settings)
    {
        var certificate = settings.TryGet(Settings.TlsCertificate, out var file) ? file : null;
        var key = settings.TryGet(Settings.TlsKey, out var keyFile) ? keyFile : null;
        Check(settings.Get(Settings.Listen), certificate, key, settings.Get(Settings.PlainHttp));
        return new(certificate, key, settings.Get(Settings.RequestsPerSecond),
            settings.TryGet(Settings.AllowedHosts, out var hosts) ? hosts!.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).ToHashSet(StringComparer.OrdinalIgnoreCase) : []);
    }

    private static void Check(ListenAddress listen, string? certificate, string? key, PlainHttp plain)
    {
        if (listen.Tls && certificate is null)
        {
            throw new SettingException(Settings.Listen.Variable,
                $"asks for TLS, and {Settings.TlsCertificate.Variable} names no certificate. Set it and {Settings.TlsKey.Variable} to PEM files, or listen on loopback without TLS, e.g. {Settings.Listen.Default}.");
        }

        if (certificate is null && key is not null) throw new SettingException(Settings.TlsKey.Variable, $"is set and {Settings.TlsCertificate.Variable} is not. Set both.");
        if (listen.Tls) return;
        if (certificate is not null) throw new SettingException(Settings.TlsCertificate.Variable, $"is set, and {Settings.Listen.Variable} asks for no TLS. Begin {Settings.Listen.Variable} with https://, or leave the certificate out.");
        if (listen.IsLoopback || plain == PlainHttp.Anywhere) return;
        throw new SettingException(Settings.Listen.Variable,
            $"can be reached from other machines, and tokens would travel unencrypted. Give https://… with {Settings.TlsCertificate.Variable} and {Settings.TlsKey.Variable}; "
            + $"or listen on loopback, e.g. {Settings.Listen.Default}; or, where a TLS proxy or a mesh that encrypts stands before every way here, set {Settings.PlainHttp.Variable}=anywhere.");
    }
}
