using System.Globalization;
using Npgsql;
using ViViT.Contracts.Configuration;
using ViViT.Silo.Configuration;
using ViViT.Storage;

namespace ViViT.Silo.Commands;

/// <summary><c>ViViT.Silo prune --older-than 90d</c>: for the owner of the schema, since a silo's own role may not delete events.</summary>
internal static class PruneCommand
{
    private const string Option = "--older-than";

    /// <returns>0: done; 1: Postgres refused.</returns>
    /// <exception cref="SettingException">The age or a setting cannot be used.</exception>
    public static async Task<int> Run(IReadOnlyList<string> flags)
    {
        if (flags.Count < 2 || flags[0] != Option) throw new SettingException(Option, "is not given. Say how old what goes has to be, before other flags: ViViT.Silo prune --older-than 90d.");
        var age = Age(flags[1]);
        await using var database = NpgsqlDataSource.Create(SiloOptions.ConnectionString(OtherCommands.Read([.. flags.Skip(2)])));
        try
        {
            var (events, lines) = await Retention.Prune(database, age, CancellationToken.None);
            await Console.Out.WriteLineAsync($"Deleted {events} events and {lines} lines of trainers' logs.");
            return 0;
        }
        catch (NpgsqlException fault)
        {
            await Console.Error.WriteLineAsync($"Postgres refused: {fault.Message}. See whether it runs and VIVIT_POSTGRES names the owner of the schema.");
            return 1;
        }
    }

    private static TimeSpan Age(string text) =>
        text is [.., 'd' or 'h'] && int.TryParse(text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is >= 1 and <= 36_500
            ? text[^1] == 'd' ? TimeSpan.FromDays(number) : TimeSpan.FromHours(number)
            : throw new SettingException(Option, $"is '{new GivenSetting(text, Option).Shown}'. Give days or hours, e.g. 90d or 36h.");
}
