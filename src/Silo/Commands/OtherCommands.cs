using ViViT.Contracts.Configuration;
using ViViT.Contracts.Health;
using ViViT.Contracts.Specs;
using ViViT.Storage.Telemetry;

namespace ViViT.Silo.Commands;

/// <summary>What the program does instead of serving, if its first argument says so.</summary>
internal static class OtherCommands
{
    private const int Done = 0;
    private const int Usage = 2;

    private static readonly string[] Names = ["migrate", "check", "prune", "health"];

    private static string Help =>
        $"""
        ViViT.Silo              serves: the API, the scheduler, everything
        ViViT.Silo migrate      brings the database's schema up to date and ends
        ViViT.Silo check        says as JSON whether the database is fit to serve on; exit code 0 when it is
        ViViT.Silo prune --older-than 90d
                                deletes events and trainers' logs of that age, of sweeps that have ended
        ViViT.Silo health       asks the silo that serves VIVIT_MANAGEMENT whether it is ready; exit code 0 when it is
        ViViT.Silo --version

        {SettingsText.Help(Programs.Silo)}
        """;

    /// <returns>The exit code; null when it is to serve.</returns>
    public static async Task<int?> Run(string[] arguments)
    {
        try
        {
            return arguments switch
            {
                ["--help" or "-h"] => Say(Help),
                ["--version"] => Say(SiloMeter.Version),
                ["migrate", .. var flags] => await MigrateCommand.Run(flags),
                ["check", .. var flags] => await CheckCommand.Run(flags),
                ["prune", .. var flags] => await PruneCommand.Run(flags),
                ["health", .. var flags] => await HealthProbe.Ask(Programs.Silo, flags, Environment.GetEnvironmentVariable, Console.Error),
                [.. var flags] when flags.Contains("--print-settings") => Say(SettingsText.Effective(Programs.Silo, Read([.. flags.Except(["--print-settings"])]))),
                [[>= 'a' and <= 'z', ..] word, ..] => throw new SettingException(new GivenSetting(word, "").Shown, $"is no command. {Spelling.Suggest(word, Names)}"),
                _ => null,
            };
        }
        catch (SettingException wrong)
        {
            await Console.Error.WriteLineAsync(wrong.Message);
            return Usage;
        }
    }

    /// <summary>What the silo is told; misspelt variables are named on stderr.</summary>
    /// <exception cref="SettingException">A setting cannot be used.</exception>
    public static SettingValues Read(IReadOnlyList<string> flags)
    {
        UnknownVariables.Tell(Console.Error);
        return SettingValues.Of(Programs.Silo, flags, Environment.GetEnvironmentVariable);
    }

    private static int Say(string text)
    {
        Console.Out.WriteLine(text);
        return Done;
    }
}
