using System.Net;
using System.Net.Http.Json;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using ViViT.Cli.LocalCluster;
using ViViT.Cli.Output;
using ViViT.Contracts;
using ViViT.Contracts.Configuration;
using ViViT.Contracts.Diagnosis;
using ViViT.Contracts.Wire;

namespace ViViT.Cli.Doctor;

/// <summary>The control plane: reached, trusted, its clock, what our token opens, who computes.</summary>
internal static class ServerChecks
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan SoonExpired = TimeSpan.FromDays(14);

    public static async Task<IReadOnlyList<Finding>> All(TimeProvider time, CancellationToken cancellation)
    {
        Connection? connection;
        try
        {
            connection = ControlPlaneClient.Find();
        }
        catch (Exception wrong) when (wrong is CommandException or SettingException)
        {
            return [Finding.Fail("server", wrong.Message.TrimEnd('.'), "Set VIVIT_SERVER, VIVIT_TOKEN_FILE and VIVIT_CA as docs/settings.md says.")];
        }

        if (connection is null) return [Finding.Ok("server", "none: VIVIT_SERVER is not set and no local stack runs (vivit up)")];
        try
        {
            List<Finding> findings = [.. await Tls(connection, time, cancellation)];
            if (findings.Any(finding => finding.Standing == Standing.Fail)) return findings; // to whom one cannot trust no token is shown
            using var http = new HttpClient(new SocketsHttpHandler { UseProxy = !connection.Server.IsLoopback, SslOptions = ServerTrust.Of(connection.Authority) }) { BaseAddress = connection.Server, Timeout = Patience };
            http.DefaultRequestHeaders.Authorization = new("Bearer", connection.Token);
            findings.AddRange(await Reach(http, time, cancellation));
            findings.AddRange(await Token(http, cancellation));
            return findings;
        }
        catch (SettingException wrong)
        {
            return [Finding.Fail("server", wrong.Message.TrimEnd('.'), "Mend VIVIT_CA.")];
        }
        catch (Exception away) when (away is HttpRequestException or TaskCanceledException or SocketException or IOException or AuthenticationException && !cancellation.IsCancellationRequested)
        {
            return [Finding.Fail("server", $"{connection.Server} cannot be reached: {(away.InnerException ?? away).Message.TrimEnd('.')}", "See whether it runs and listens there, whether a firewall or network policy lets this machine through, and whether VIVIT_SERVER names it.")];
        }
    }

    private static async Task<IEnumerable<Finding>> Reach(HttpClient http, TimeProvider time, CancellationToken cancellation)
    {
        var before = time.GetUtcNow();
        using var answer = await http.GetAsync(new Uri(Routes.HealthReady, UriKind.Relative), cancellation);
        var after = time.GetUtcNow();
        var clock = answer.Headers.Date is { } date ? [Clock(before, date, after)] : (Finding[])[];
        return [answer.IsSuccessStatusCode ? Finding.Ok("server", $"{http.BaseAddress} is ready")
            : Finding.Fail("server", $"{http.BaseAddress} answers {(int)answer.StatusCode} {answer.ReasonPhrase}", "If it starts or stops, wait; else read its log. See whether VIVIT_SERVER names a silo."), .. clock];
    }

    // The header tells whole seconds: it may have been any moment of that one.
    internal static Finding Clock(DateTimeOffset before, DateTimeOffset date, DateTimeOffset after)
    {
        var end = date + TimeSpan.FromSeconds(1);
        return Finding.Clock("server clock", before, end < before ? end : date > after ? date : before, after);
    }

    private static async Task<IEnumerable<Finding>> Token(HttpClient http, CancellationToken cancellation)
    {
        const string remedy = "Ask an admin for one (vivit token create NAME --role ROLE) and name its file by VIVIT_TOKEN_FILE.";
        using var answer = await http.GetAsync(new Uri(Routes.WhoAmI, UriKind.Relative), cancellation);
        if (answer.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden) return [Finding.Fail("token", "is not accepted: unknown, expired or revoked", remedy)];
        if (!answer.IsSuccessStatusCode) return [Finding.Fail("token", $"could not be tried: {(int)answer.StatusCode} {answer.ReasonPhrase}", "See the silo's log, and whether VIVIT_SERVER names a silo of this version.")];
        var me = (await answer.Content.ReadFromJsonAsync<WhoAmI>(ContractsJson.Options, cancellation))!;
        var token = Finding.Ok("token", $"{me.Token}, {TextOf.State(me.Role)}{(me.Pool is { } pool ? $" of pool {pool}" : "")}");
        return me.Role == Contracts.Access.Role.Worker ? [token] : [token, .. await Workers(http, cancellation)];
    }

    private static async Task<IEnumerable<Finding>> Workers(HttpClient http, CancellationToken cancellation)
    {
        var workers = (await http.GetFromJsonAsync<WorkerRow[]>(new Uri(Routes.Workers, UriKind.Relative), ContractsJson.Options, cancellation))!;
        if (workers.Length == 0) return [Finding.Warn("workers", "none: nothing will be trained", "Start one: vivit up, or ViViT.Worker agent with VIVIT_SERVER and VIVIT_TOKEN_FILE.")];
        return workers.GroupBy(worker => worker.Pool).OrderBy(pool => pool.Key, StringComparer.Ordinal).Select(pool =>
        {
            var working = pool.Where(worker => worker is { Alive: true, Cordoned: null, Draining: false }).ToArray();
            return working.Length > 0
                ? Finding.Ok($"pool {pool.Key}", $"{working.Length} of {pool.Count()} workers ready, {working.Sum(worker => worker.Running)} of {working.Sum(worker => worker.Slots)} slots busy")
                : Finding.Warn($"pool {pool.Key}", $"none of {pool.Count()} workers is ready", "vivit worker list shows why: silent ones are to be started, cordoned ones let work again (vivit worker uncordon NAME).");
        });
    }

    private static async Task<IEnumerable<Finding>> Tls(Connection connection, TimeProvider time, CancellationToken cancellation)
    {
        var server = connection.Server;
        if (server.Scheme != Uri.UriSchemeHttps)
        {
            return server.IsLoopback ? [] : [Finding.Warn("tls", $"{server} is spoken to in the clear, the token too", "Serve it with VIVIT_TLS_CERTIFICATE and VIVIT_TLS_KEY, and give https://… as VIVIT_SERVER; leave it only within a mesh that encrypts.")];
        }

        using var socket = new TcpClient();
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(Patience);
        await socket.ConnectAsync(server.Host, server.Port, patience.Token);
        var (problems, certificate) = (SslPolicyErrors.None, (X509Certificate2?)null);
        var options = ServerTrust.Of(connection.Authority);
        options.TargetHost = server.Host;
        options.RemoteCertificateValidationCallback = (_, shown, _, errors) =>
        {
            (problems, certificate) = (errors, shown is null ? null : new X509Certificate2(shown));
            return errors == SslPolicyErrors.None;
        };
        await using var stream = new SslStream(socket.GetStream());
        try
        {
            await stream.AuthenticateAsClientAsync(options, patience.Token);
        }
        catch (AuthenticationException) when (certificate is not null)
        {
            // What is wrong with it is told below.
        }

        using (certificate)
        {
            return [Certificate(certificate, problems, time.GetUtcNow())];
        }
    }

    private static Finding Certificate(X509Certificate2? certificate, SslPolicyErrors problems, DateTimeOffset now)
    {
        const string renew = "Renew it; the silo reads the new files by itself.";
        if (certificate is null) return Finding.Fail("tls", "the server shows no certificate", "Set VIVIT_TLS_CERTIFICATE and VIVIT_TLS_KEY of the silo.");
        var end = new DateTimeOffset(certificate.NotAfter);
        var found = $"certificate of {certificate.GetNameInfo(X509NameType.DnsName, forIssuer: false)}, until {end:yyyy-MM-dd HH:mm}";
        return end < now ? Finding.Fail("tls", $"{found}, which is over", renew)
            : problems.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch) ? Finding.Fail("tls", $"{found}, made for another name than VIVIT_SERVER's", "Name the host in VIVIT_SERVER as the certificate does, or have one made for it.")
            : problems != SslPolicyErrors.None ? Finding.Fail("tls", $"{found}, signed by nobody that is trusted here", "Name the PEM file of the authority that signed it by VIVIT_CA.")
            : end - now < SoonExpired ? Finding.Warn("tls", found, renew)
            : Finding.Ok("tls", found);
    }
}
