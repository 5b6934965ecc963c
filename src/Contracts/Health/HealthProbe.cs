using ViViT.Contracts.Wire;

namespace ViViT.Contracts.Health;

/// <summary>
/// A program asking itself whether it is well, over its own management address: <c>ViViT.Silo health</c>, <c>ViViT.Worker health</c>. Container
/// health checks need it, since the images hold no shell and no curl.
/// </summary>
public static class HealthProbe
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    /// <summary>Exit code 0 when it is well, 1 when it is not or does not answer, 2 when it cannot be asked; what is amiss goes to <paramref name="problems"/>.</summary>
    /// <param name="management">Value of <c>VIVIT_MANAGEMENT</c>.</param>
    /// <param name="question"><c>live</c> or <c>ready</c>.</param>
    public static async Task<int> Ask(string? management, string question, TextWriter problems, CancellationToken cancellation = default)
    {
        if (Path(question) is not { } path)
        {
            await problems.WriteLineAsync($"'{question}' is no question of health. Give live or ready, or nothing for ready.");
            return 2;
        }

        if (!Uri.TryCreate(management, UriKind.Absolute, out var address) || address.Scheme != Uri.UriSchemeHttp)
        {
            await problems.WriteLineAsync("VIVIT_MANAGEMENT: it is not set to an http address, so there is nobody to ask. Give the one that the program was started with, e.g. http://0.0.0.0:9464.");
            return 2;
        }

        var url = new UriBuilder(address) { Host = FromHere(address.Host), Path = path }.Uri;
        using var client = new HttpClient { Timeout = Patience };
        try
        {
            using var answer = await client.GetAsync(url, cancellation);
            if (answer.IsSuccessStatusCode) return 0;
            await problems.WriteLineAsync($"{url}: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync(cancellation)}");
        }
        catch (HttpRequestException away)
        {
            await problems.WriteLineAsync($"{url}: {away.Message}");
        }
        catch (TaskCanceledException late) when (late.InnerException is TimeoutException)
        {
            await problems.WriteLineAsync($"{url}: no answer within {Patience.TotalSeconds:0} s");
        }

        return 1;
    }

    private static string? Path(string question) => question switch
    {
        "live" => Routes.HealthLive,
        "ready" => Routes.HealthReady,
        _ => null,
    };

    // Where one listens on every address, one is found on loopback.
    private static string FromHere(string host) => host switch
    {
        "0.0.0.0" => "127.0.0.1",
        "[::]" => "[::1]",
        _ => host,
    };
}
