using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Serialization;
using Orleans.Storage;
using ViViT.Contracts;
using ViViT.Grains.Persistence;

namespace ViViT.Grains;

/// <summary>Puts the grains and what they stand on into a silo.</summary>
public static class GrainHosting
{
    /// <summary>
    /// Grain state and reminders in Postgres, the contracts as JSON on grain calls. Expects Storage in the
    /// services (<see cref="Storage.StorageHosting"/>) and its migrations applied.
    /// </summary>
    public static ISiloBuilder AddViViTGrains(this ISiloBuilder silo, LeaseTiming timing)
    {
        silo.AddReminders();
        silo.Services.AddSingleton(timing);
        silo.Services.TryAddSingleton(TimeProvider.System);
        silo.Services.AddSingleton<IReminderTable, PostgresReminderTable>();
        silo.Services.AddKeyedSingleton<IGrainStorage, PostgresGrainStorage>(PostgresGrainStorage.Name);
        silo.Services.AddSerializer(serializer => serializer.AddJsonSerializer(IsContract, ContractsJson.Options));
        return silo;
    }

    private static bool IsContract(Type type) => type.Assembly == typeof(ContractsJson).Assembly;
}
