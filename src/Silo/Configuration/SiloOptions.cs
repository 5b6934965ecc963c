using System.Net;
using Npgsql;
using ViViT.Contracts.Configuration;

namespace ViViT.Silo.Configuration;

/// <summary>Everything that the silo is told from outside, read once at its start.</summary>
/// <param name="Postgres">Npgsql connection string.</param>
/// <param name="Listen">Where the API is served; how is <see cref="Security.SecurityOptions"/>'s.</param>
/// <param name="LeaseTerm">How long a lease lives without a heartbeat.</param>
/// <param name="PostgresPatience">How long the start waits for Postgres.</param>
/// <param name="Migrate">Whether the start brings the schema up to date.</param>
/// <param name="Cluster">How the silo finds others.</param>
/// <param name="Management">Where metrics and health are served to everybody; nowhere when empty.</param>
internal sealed record SiloOptions(
    string Postgres, IReadOnlyList<IPEndPoint> Listen, string TokenFile, TimeSpan LeaseTerm, TimeSpan PostgresPatience, Migrate Migrate, ClusterSettings Cluster,
    IReadOnlyList<IPEndPoint> Management, LogFormat LogFormat)
{
    /// <param name="variable">Value of an environment variable, null when absent: of those that are no settings of ours.</param>
    /// <exception cref="SettingException">A setting is missing or cannot be used.</exception>
    public static SiloOptions Read(SettingValues settings, Func<string, string?> variable) => new(
        ConnectionString(settings),
        settings.Get(Settings.Listen).EndPoints,
        settings.Get(Settings.TokenFile),
        settings.Get(Settings.Lease),
        settings.Get(Settings.PostgresPatience),
        settings.Get(Settings.Migrate),
        ClusterSettings.Read(settings, variable),
        settings.TryGet(Settings.Management, out var management) ? Plain(management!, settings.Get(Settings.Listen)) : [],
        settings.Get(Settings.LogFormat));

    /// <summary>Of the database.</summary>
    /// <exception cref="SettingException">There is none, or it is none.</exception>
    public static string ConnectionString(SettingValues settings)
    {
        var text = settings.Get(Settings.Postgres);
        try
        {
            return new NpgsqlConnectionStringBuilder(text).ConnectionString;
        }
        catch (ArgumentException)
        {
            // What Npgsql says of it may quote a part of the password.
            throw new SettingException(settings.Given(Settings.Postgres)!.From, $"is no connection string. Give {Settings.Postgres.Accepts}; a value with ; or = in it stands in quotes.");
        }
    }

    private static IReadOnlyList<IPEndPoint> Plain(ListenAddress management, ListenAddress api) =>
        management.Tls ? throw new SettingException(Settings.Management.Variable, $"asks for TLS, which is only there for the API. Give {Settings.Management.Accepts}.")
        : management.EndPoints.Any(endpoint => api.EndPoints.Any(served => served.Port == endpoint.Port))
            ? throw new SettingException(Settings.Management.Variable, $"has the port of {Settings.Listen.Variable}. Give it a port of its own, e.g. {Settings.Management.Accepts.Split(' ')[^1]}.")
        : management.EndPoints;
}
