using System.Text;

namespace ViViT.Contracts.Configuration;

/// <summary>The settings of a program as people read them.</summary>
public static class SettingsText
{
    private const string Hidden = "***";

    /// <summary>The last part of a program's <c>--help</c>.</summary>
    public static string Help(Programs program)
    {
        var text = new StringBuilder("Settings: a flag goes before its variable, a variable before the file, the file before the default (docs/settings.md).\n");
        foreach (var setting in Settings.All.Where(setting => setting.ReadBy.HasFlag(program)))
        {
            text.Append($"  {setting.Flag}  {setting.Variable}\n      {setting.Meaning}. Takes {setting.Accepts}. {Otherwise(setting)}.\n");
        }

        return text.Append("  --print-settings  prints what holds and where it comes from, and ends").ToString();
    }

    /// <summary>What holds and where it comes from, a line each; secrets are masked.</summary>
    public static string Effective(Programs program, SettingValues values)
    {
        var rows = Settings.All.Where(setting => setting.ReadBy.HasFlag(program)).Select(setting => values.Given(setting) is { } given
            ? (setting.Key, Value: setting.IsSecret ? Hidden : given.Shown, given.From)
            : (setting.Key, Value: setting.Default ?? "-", From: setting.Default is null ? $"not set: {setting.WhenUnset ?? "must be given"}" : "default")).ToArray();
        var (keys, texts) = (rows.Max(row => row.Key.Length), rows.Max(row => row.Value.Length));
        return string.Join('\n', rows.Select(row => $"{row.Key.PadRight(keys)}  {row.Value.PadRight(texts)}  {row.From}"));
    }

    /// <summary>The programs in words.</summary>
    public static string Names(Programs programs)
    {
        string[] names = [.. Each()];
        return names is [.. var first, _, _] ? $"{string.Concat(first.Select(name => $"{name}, "))}{names[^2]} and {names[^1]}" : names.Single();

        IEnumerable<string> Each()
        {
            if (programs.HasFlag(Programs.Silo)) yield return "the silo";
            if (programs.HasFlag(Programs.Worker)) yield return "the worker";
            if (programs.HasFlag(Programs.Cli)) yield return "the command line";
        }
    }

    private static string Otherwise(Setting setting) => setting.Default is { } text ? $"Default: {text}" : setting.WhenUnset is { } unset ? $"Not set: {unset}" : "Must be given";
}
