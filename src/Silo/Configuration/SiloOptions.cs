using System.Net;
using Npgsql;
using ViViT.Contracts.Configuration;

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
    /// <exception cref="SettingException">A setting is missing or cannot be used.</exception>
    public static SiloOptions Read(SettingValues settings) => new(
        ConnectionString(settings.Get(Settings.Postgres)),
        Loopback(settings.Get(Settings.Listen)),
        settings.Get(Settings.TokenFile),
        settings.Get(Settings.Lease),
        settings.Get(Settings.PostgresPatience),
        settings.TryGet(Settings.OrleansSiloPort, out var silo) ? silo : null,
        settings.TryGet(Settings.OrleansGatewayPort, out var gateway) ? gateway : null);

    private static string ConnectionString(string text)
    {
        try
        {
            return new NpgsqlConnectionStringBuilder(text).ConnectionString;
        }
        catch (ArgumentException wrong)
        {
            throw new SettingException(Settings.Postgres.Variable, $"is no connection string ({wrong.Message}). Give {Settings.Postgres.Accepts}.");
        }
    }

    private static IReadOnlyList<IPEndPoint> Loopback(ListenAddress listen) =>
        listen.Tls ? throw new SettingException(Settings.Listen.Variable, $"asks for TLS. Give {Settings.Listen.Accepts}.")
        : listen.IsLoopback ? listen.EndPoints
        : throw new SettingException(Settings.Listen.Variable,
            $"can be reached from other machines, and the bearer token travels unencrypted. Listen on loopback, e.g. {Settings.Listen.Default}, and let a TLS proxy or an SSH tunnel lead there.");
}
