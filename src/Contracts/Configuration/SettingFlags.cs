using ViViT.Contracts.Specs;

namespace ViViT.Contracts.Configuration;

/// <summary>Settings from a command line: <c>--lease-seconds 30</c>, <c>--lease-seconds=30</c>, <c>--drain-when-idle</c>.</summary>
internal static class SettingFlags
{
    /// <exception cref="SettingException">One is unknown, lacks its value or is given twice.</exception>
    public static Dictionary<string, GivenSetting> Read(IReadOnlyList<string> flags, IReadOnlyCollection<Setting> known)
    {
        var given = new Dictionary<string, GivenSetting>();
        for (var i = 0; i < flags.Count; i++)
        {
            var (name, value) = flags[i].Split('=', 2) is [var left, var right] ? (left, right) : (flags[i], null);
            var setting = known.FirstOrDefault(one => one.Flag == name) ?? throw Unknown(name, i, known);
            if (value is null && i + 1 < flags.Count && !flags[i + 1].StartsWith("--", StringComparison.Ordinal)) value = flags[++i];
            value ??= setting is Setting<bool> ? "true" : "";
            if (string.IsNullOrWhiteSpace(value)) throw new SettingException(name, $"lacks its value. Give {setting.Accepts}.");
            if (!given.TryAdd(setting.Key, new(value.Trim(), name))) throw new SettingException(name, "is given twice. Give it once.");
        }

        return given;
    }

    // What is no flag may be the value of one, and that a secret: only its place is told.
    private static SettingException Unknown(string name, int place, IReadOnlyCollection<Setting> known) =>
        !name.StartsWith("--", StringComparison.Ordinal) ? new($"Argument {place + 1}", "is no flag. Give settings as --name value; --help lists them.")
        : Settings.All.FirstOrDefault(one => one.Flag == name) is { } other ? new(name, $"is no setting of this program but of {SettingsText.Names(other.ReadBy)}. Leave it out.")
        : new(new GivenSetting(name, name).Shown, $"is no flag of this program. {(Spelling.Nearest(name, [.. known.Select(one => one.Flag)]) is { } near ? $"Did you mean '{near}'?" : "--help lists them.")}");
}
