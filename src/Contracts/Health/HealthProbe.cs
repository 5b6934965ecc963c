using System.Net;
using ViViT.Contracts.Configuration;
using ViViT.Contracts.Wire;

namespace ViViT.Contracts.Health;

/// <summary>
/// A program asking its own kind, over the management address, whether it is ready: <c>ViViT.Silo health</c>, <c>ViViT.Worker health</c>. Container
/// health checks need it, since the images hold no shell and no curl.
/// </summary>
public static class HealthProbe
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    /// <summary>Exit code 0 when it is ready, 1 when it is not or does not answer, 2 when it cannot be asked; what is amiss goes to <paramref name="problems"/>.</summary>
    /// <param name="settings">Flags, as the program that is asked was given them.</param>
    /// <param name="variable">Value of an environment variable, null when absent.</param>
    public static async Task<int> Ask(
        Programs program, IReadOnlyList<string> settings, Func<string, string?> variable, TextWriter problems, CancellationToken cancellation = default)
    {
        IPEndPoint endpoint;
        try
        {
            endpoint = Management(SettingValues.Of(program, settings, variable));
        }
        catch (SettingException wrong)
        {
            await problems.WriteLineAsync(wrong.Message);
            return 2;
        }

        var url = new Uri($"http://{endpoint}{Routes.HealthReady}");
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

    // Who listens on every address is found on loopback.
    private static IPEndPoint Management(SettingValues values)
    {
        if (!values.TryGet(Settings.Management, out var listen) || listen!.Tls)
        {
            throw new SettingException(Settings.Management.Variable, "is set to no http address, so there is nobody to ask. Give the one that the program was started with, e.g. http://0.0.0.0:9464.");
        }

        var endpoint = listen.EndPoints[0];
        return endpoint.Address.Equals(IPAddress.Any) ? new(IPAddress.Loopback, endpoint.Port)
            : endpoint.Address.Equals(IPAddress.IPv6Any) ? new(IPAddress.IPv6Loopback, endpoint.Port)
            : endpoint;
    }
}
