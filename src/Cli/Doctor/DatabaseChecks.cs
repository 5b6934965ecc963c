using System.Text.Json;
using ViViT.Cli.LocalCluster;
using ViViT.Contracts;
using ViViT.Contracts.Configuration;
using ViViT.Contracts.Diagnosis;

namespace ViViT.Cli.Doctor;

/// <summary>The database, as the silo's program finds it: the one that VIVIT_POSTGRES names, or the running local stack's.</summary>
internal static class DatabaseChecks
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    public static async Task<IReadOnlyList<Finding>> All(CancellationToken cancellation)
    {
        if (CliSettings.Values.TryGet(Settings.Postgres, out var named)) return await Ask(named!, cancellation);
        if (CliSettings.Values.TryGet(Settings.Server, out _)) return [Finding.Ok("postgres", "not asked: VIVIT_POSTGRES is not set here. On a silo's machine: ViViT.Silo check")];
        var folder = StateFolder.Default();
        if (Running(folder)) return await Ask(new PrivatePostgres(folder).ConnectionString, cancellation);
        try
        {
            return [Finding.Ok("postgres", $"{Executables.PostgresPrograms(major: null)}, not running; vivit up starts it")];
        }
        catch (LocalStackException absent)
        {
            return [Finding.Fail("postgres", "not installed", absent.Message)];
        }
    }

    private static bool Running(StateFolder folder)
    {
        try
        {
            return new LocalStack(folder, TimeProvider.System).Connection is not null;
        }
        catch (UnauthorizedAccessException)
        {
            return false; // another user's, which is not ours to look into
        }
    }

    private static async Task<IReadOnlyList<Finding>> Ask(string postgres, CancellationToken cancellation)
    {
        if (Executables.Find("Silo") is not { } silo) return [Finding.Warn("postgres", "not asked: the silo's program is not here", "On a silo's machine: ViViT.Silo check")];
        var answer = await Answer.Of(silo, ["check"], Patience, cancellation, (Settings.Postgres.Variable, postgres));
        try
        {
            return JsonSerializer.Deserialize<Finding[]>(answer.Output, ContractsJson.Options)!;
        }
        catch (JsonException)
        {
            return [Finding.Fail("postgres", $"could not be asked: {answer.Problem.TrimEnd('.')}", $"Mend what it says: {silo} check")];
        }
    }
}
