using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Npgsql;

namespace ViViT.Storage;

/// <summary>Puts storage into a host.</summary>
public static class StorageHosting
{
    /// <summary>A pool of connections to that database, and every class of this project over it.</summary>
    /// <exception cref="ArgumentException">It is not a connection string.</exception>
    public static IServiceCollection AddStorage(this IServiceCollection services, string connectionString)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString);
        if (settings.ApplicationName is null or "") settings.ApplicationName = "vivit";
        if (!settings.ShouldSerialize("Keepalive")) settings.KeepAlive = 30;
        if (!settings.ShouldSerialize("Timeout")) settings.Timeout = 5;
        if (!settings.ShouldSerialize("Maximum Pool Size")) settings.MaxPoolSize = 40;
        if (!settings.ShouldSerialize("Max Auto Prepare")) settings.MaxAutoPrepare = 100;
        if (!settings.ShouldSerialize("No Reset On Close")) settings.NoResetOnClose = true; // nothing here sets anything on a connection but the listener, which keeps its own
        return services.AddStorage(new NpgsqlDataSourceBuilder(settings.ConnectionString) { Name = "vivit" }.Build()); // the name stands in its metrics, which would else show the host and user
    }

    /// <summary>Every class of this project over a pool that the caller made; the host disposes of it.</summary>
    public static IServiceCollection AddStorage(this IServiceCollection services, NpgsqlDataSource database)
    {
        services.TryAddSingleton(TimeProvider.System);
        return services
            .AddSingleton(_ => database)
            .AddSingleton<Sweeps>()
            .AddSingleton<Experiments>()
            .AddSingleton<Leases>()
            .AddSingleton<Pools>()
            .AddSingleton<Overview>()
            .AddSingleton<GroupSizes>()
            .AddSingleton<Metrics>()
            .AddSingleton<Checkpoints>()
            .AddSingleton<Workers>()
            .AddSingleton<Events>()
            .AddSingleton<AccessTokens>()
            .AddSingleton<WorkerOwners>()
            .AddSingleton<Logs>()
            .AddSingleton<Submissions>()
            .AddSingleton<Judgements>()
            .AddSingleton<Reminders>()
            .AddSingleton<QueueSignal>();
    }
}
