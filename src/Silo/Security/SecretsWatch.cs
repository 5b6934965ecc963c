namespace ViViT.Silo.Security;

/// <summary>Looks at the files with secrets again and again, so that one that is replaced is taken up without a restart. It reads them: links that are swapped beneath a name are told by no change of its own.</summary>
internal sealed class SecretsWatch(BearerToken builtIn, CertificateInUse certificate, TimeProvider time, ILogger<SecretsWatch> log) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(2);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await Task.Delay(Every, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            builtIn.Reread(log);
            certificate.Value?.Reread(log);
        }
    }
}

/// <param name="Value">Null: the API is served without TLS.</param>
internal sealed record CertificateInUse(TlsCertificate? Value);
