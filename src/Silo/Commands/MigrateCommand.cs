using Npgsql;
using ViViT.Contracts.Configuration;
using ViViT.Silo.Configuration;
using ViViT.Silo.Startup;
using ViViT.Storage;

namespace ViViT.Silo.Commands;

/// <summary><c>ViViT.Silo migrate</c>: for the owner of the schema, where the silo's own role may not change it.</summary>
internal static class MigrateCommand
{
    /// <returns>0: the schema is up to date and the silo's role has its rights; 1: it says why not.</returns>
    /// <exception cref="SettingException">A setting cannot be used.</exception>
    public static async Task<int> Run(IReadOnlyList<string> flags)
    {
        var settings = OtherCommands.Read(flags);
        await using var database = NpgsqlDataSource.Create(SiloOptions.ConnectionString(settings));
        using var logs = LoggerFactory.Create(logging => logging.AddSiloConsole(settings.Get(Settings.LogFormat)));
        try
        {
            await DatabaseReady.When(Migrations.Apply, database, settings.Get(Settings.PostgresPatience), TimeProvider.System, logs.CreateLogger<DatabaseReady>(), CancellationToken.None);
            await SiloRights.Grant(database, CancellationToken.None);
            var (applied, _) = await Migrations.Standing(database, CancellationToken.None);
            await Console.Out.WriteLineAsync($"The schema is up to date: {applied}.");
            return 0;
        }
        catch (StartException refused)
        {
            await Console.Error.WriteLineAsync(refused.Message);
            return 1;
        }
        catch (NpgsqlException fault)
        {
            await Console.Error.WriteLineAsync($"Postgres refused: {fault.Message}. Run it as the owner of the schema.");
            return 1;
        }
    }
}
