using System.Collections;
using System.Globalization;
using System.Net;
using Npgsql;

namespace ViViT.Silo.Configuration;

/// <summary>Everything that the silo is told from outside, read once at its start.</summary>
/// <param name="Postgres">Npgsql connection string.</param>
/// <param name="Listen">Where HTTP is served; loopback addresses only.</param>
/// <param name="LeaseTerm">How long a lease lives without a heartbeat.</param>
/// <param name="PostgresPatience">How long the start waits for Postgres.</param>
/// <param name="OrleansSiloPort">Null: any free port.</param>
/// <param name="OrleansGatewayPort">Null: any free port.</param>
internal sealed record SiloOptions(
    string Postgres, IReadOnlyList<IPEndPoint> Listen, string TokenFile, TimeSpan LeaseTerm, TimeSpan PostgresPatience, int? OrleansSiloPort, int? OrleansGatewayPort)
{
    private const string DefaultListen = "http://127.0.0.1:5860";

    /// <exception cref="SettingException">A setting is missing or cannot be used.</exception>
    public static SiloOptions FromEnvironment(IDictionary environment)
    {
        return new(
            ConnectionString(Required("VIVIT_POSTGRES", "Give an Npgsql connection string, e.g. Host=/run/postgresql;Database=vivit;Username=vivit")),
            Loopback(Optional("VIVIT_LISTEN") ?? DefaultListen),
            Required("VIVIT_TOKEN_FILE", "Give the path of the file with the bearer token; it is created when absent"),
            Seconds("VIVIT_LEASE_SECONDS", fallback: 15),
            Seconds("VIVIT_POSTGRES_PATIENCE_SECONDS", fallback: 60),
            Port("VIVIT_ORLEANS_SILO_PORT"),
            Port("VIVIT_ORLEANS_GATEWAY_PORT"));

        string? Optional(string name) => environment[name] is string { Length: > 0 } value ? value : null;

        string Required(string name, string remedy) => Optional(name) ?? throw new SettingException(name, "it is not set", $"{remedy}.");

        TimeSpan Seconds(string name, double fallback) => Optional(name) is not { } text ? TimeSpan.FromSeconds(fallback)
            : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && value is >= 0.5 and <= 3600 ? TimeSpan.FromSeconds(value)
            : throw new SettingException(name, $"'{text}' is no number of seconds from 0.5 to 3600", $"The default is {fallback}.");

        int? Port(string name) => Optional(name) is not { } text ? null
            : ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value > 0 ? value
            : throw new SettingException(name, $"'{text}' is no port", "Give 1 to 65535, or leave it out for any free one.");
    }

    private static string ConnectionString(string text)
    {
        try
        {
            return new NpgsqlConnectionStringBuilder(text).ConnectionString;
        }
        catch (ArgumentException wrong)
        {
            throw new SettingException("VIVIT_POSTGRES", $"it is no connection string ({wrong.Message})",
                "Give an Npgsql connection string, e.g. Host=/run/postgresql;Database=vivit;Username=vivit.");
        }
    }

    private static IReadOnlyList<IPEndPoint> Loopback(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Scheme != Uri.UriSchemeHttp || url.PathAndQuery != "/")
        {
            throw new SettingException("VIVIT_LISTEN", $"'{text}' is no address to listen on", $"Give scheme, address and port, e.g. {DefaultListen}.");
        }

        if (!url.IsLoopback)
        {
            throw new SettingException("VIVIT_LISTEN", $"'{text}' can be reached from other machines, and the bearer token travels unencrypted",
                $"Listen on loopback, e.g. {DefaultListen}, and let a TLS proxy or an SSH tunnel lead there.");
        }

        return IPAddress.TryParse(url.Host.Trim('[', ']'), out var address)
            ? [new(address, url.Port)]
            : [new(IPAddress.Loopback, url.Port), new(IPAddress.IPv6Loopback, url.Port)];
    }
}
