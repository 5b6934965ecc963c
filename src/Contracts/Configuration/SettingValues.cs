using System.Text.Json;

namespace ViViT.Contracts.Configuration;

/// <summary>What one program is told: by flags, else by environment variables, else by a file of settings, else by default.</summary>
/// <param name="read">Text of a setting; null or blank when it is not given.</param>
public sealed class SettingValues(Func<Setting, string?> read)
{
    private const string Section = "vivit";

    /// <param name="program">Which settings there are for it.</param>
    /// <param name="flags">Such as <c>--lease-seconds 30</c> or <c>--drain-when-idle</c>.</param>
    /// <param name="variable">Value of an environment variable, null when absent.</param>
    /// <exception cref="SettingException">A flag or key is unknown, a value is none that its setting accepts, or the file cannot be read.</exception>
    public static SettingValues Of(Programs program, IReadOnlyList<string> flags, Func<string, string?> variable)
    {
        var known = Settings.All.Where(setting => setting.ReadBy.HasFlag(program)).ToArray();
        var given = Flags(flags, known);
        var file = File(known, Given(Settings.SettingsFile));
        var values = new SettingValues(setting => Given(setting) ?? file.GetValueOrDefault(setting.Key));
        foreach (var setting in known)
        {
            if (values.Text(setting) is { } text) setting.Check(text);
        }

        return values;

        string? Given(Setting setting) => given.GetValueOrDefault(setting.Key) ?? (variable(setting.Variable) is { } text && !string.IsNullOrWhiteSpace(text) ? text : null);
    }

    /// <summary>The value given, else the default.</summary>
    /// <exception cref="SettingException">There is none, or it is not what the setting accepts.</exception>
    public T Get<T>(Setting<T> setting) => setting.Parse(Text(setting) ?? setting.Default ?? throw new SettingException(setting.Variable, $"is not set. Give {setting.Accepts}."));

    /// <summary>Whether a value is given.</summary>
    /// <exception cref="SettingException">It is not what the setting accepts.</exception>
    public bool TryGet<T>(Setting<T> setting, out T? value)
    {
        var text = Text(setting);
        value = text is null ? default : setting.Parse(text);
        return text is not null;
    }

    private string? Text(Setting setting) => read(setting) is { } text && !string.IsNullOrWhiteSpace(text) ? text.Trim() : null;

    private static Dictionary<string, string> Flags(IReadOnlyList<string> flags, IReadOnlyCollection<Setting> known)
    {
        var given = new Dictionary<string, string>();
        for (var i = 0; i < flags.Count; i++)
        {
            var (name, value) = flags[i].Split('=', 2) is [var left, var right] ? (left, right) : (flags[i], null);
            var setting = known.FirstOrDefault(one => one.Flag == name)
                ?? throw new SettingException(name, $"is no flag of this program. Give one of {string.Join(", ", known.Select(one => one.Flag))}.");
            if (value is null && i + 1 < flags.Count && !flags[i + 1].StartsWith("--", StringComparison.Ordinal)) value = flags[++i];
            value ??= setting is Setting<bool> ? "true" : throw new SettingException(name, $"lacks its value. Give {setting.Accepts}.");
            if (!given.TryAdd(setting.Key, value)) throw new SettingException(name, "is given twice. Give it once.");
        }

        return given;
    }

    private static Dictionary<string, string> File(IReadOnlyCollection<Setting> known, string? named)
    {
        var path = Path.GetFullPath(named ?? Path.Combine(AppContext.BaseDirectory, "appsettings.json"));
        if (named is null && !System.IO.File.Exists(path)) return [];
        try
        {
            using var document = JsonDocument.Parse(System.IO.File.ReadAllText(path), new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
            if (document.RootElement.ValueKind != JsonValueKind.Object || !document.RootElement.TryGetProperty(Section, out var section)) return [];
            if (section.ValueKind != JsonValueKind.Object) throw new SettingException($"{path}: {Section}", "is no object. Give one with a key for each setting.");
            return section.EnumerateObject().ToDictionary(
                one => known.Any(setting => setting.Key == one.Name && setting != Settings.SettingsFile) ? one.Name
                    : throw new SettingException($"{path}: {Section}.{one.Name}", $"is no setting of this program. Give some of {string.Join(", ", known.Select(setting => setting.Key))}."),
                one => one.Value.ValueKind is JsonValueKind.String or JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False ? one.Value.ToString()
                    : throw new SettingException($"{path}: {Section}.{one.Name}", "is no text, number, true or false. Give one of these."));
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new SettingException(Settings.SettingsFile.Variable, $"names {path}, which cannot be read: {unreadable.Message} Mend the file, or name another.");
        }
        catch (ArgumentException twice)
        {
            throw new SettingException(Settings.SettingsFile.Variable, $"names {path}, where a setting stands twice: {twice.Message} Give each once.");
        }
    }
}
