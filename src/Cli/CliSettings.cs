using ViViT.Contracts.Configuration;

namespace ViViT.Cli;

/// <summary>What the command line is told by its environment, each checked when a command asks for it.</summary>
internal static class CliSettings
{
    /// <summary>Made when first asked for, which tells of misspelt variables; most commands need none.</summary>
    public static SettingValues Values => field ??= Read();

    private static SettingValues Read()
    {
        UnknownVariables.Tell(Console.Error);
        return SettingValues.OfVariables(Environment.GetEnvironmentVariable);
    }
}
