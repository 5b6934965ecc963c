namespace ViViT.Contracts.Configuration;

/// <summary>What one program is told: by flags, else by environment variables, else by a file of settings, else by default.</summary>
public sealed class SettingValues
{
    private readonly Func<Setting, GivenSetting?> given;

    private SettingValues(Func<Setting, GivenSetting?> given) => this.given = given;

    /// <summary>Everything that the program is told, checked as a whole.</summary>
    /// <param name="program">Which settings there are for it.</param>
    /// <param name="flags">Such as <c>--lease-seconds 30</c> or <c>--drain-when-idle</c>.</param>
    /// <param name="variable">Value of an environment variable, null when absent.</param>
    /// <exception cref="SettingException">A flag or key is unknown, a value is none that its setting accepts, or the file cannot be read.</exception>
    public static SettingValues Of(Programs program, IReadOnlyList<string> flags, Func<string, string?> variable)
    {
        var known = Settings.All.Where(setting => setting.ReadBy.HasFlag(program)).ToArray();
        var byFlag = SettingFlags.Read(flags, known);
        var byFile = SettingFile.Read(Direct(Settings.SettingsFile));
        var values = new SettingValues(setting => Direct(setting) ?? byFile.GetValueOrDefault(setting.Key));
        foreach (var setting in known)
        {
            if (values.Given(setting) is { } text) setting.Check(text);
        }

        return values;

        GivenSetting? Direct(Setting setting) => byFlag.GetValueOrDefault(setting.Key) ?? Variable(setting, variable);
    }

    /// <summary>Only environment variables, each checked when it is asked for.</summary>
    public static SettingValues OfVariables(Func<string, string?> variable) => new(setting => Variable(setting, variable));

    /// <summary>The value given, else the default.</summary>
    /// <exception cref="SettingException">There is none, or it is not what the setting accepts.</exception>
    public T Get<T>(Setting<T> setting) => setting.Parse(Given(setting) ?? Default(setting) ?? throw new SettingException(setting.Variable, $"is not set. Give {setting.Accepts}."));

    /// <summary>Whether a value is given.</summary>
    /// <exception cref="SettingException">It is not what the setting accepts.</exception>
    public bool TryGet<T>(Setting<T> setting, out T? value)
    {
        var text = Given(setting);
        value = text is null ? default : setting.Parse(text);
        return text is not null;
    }

    /// <summary>The text that was given and where; null when none was.</summary>
    public GivenSetting? Given(Setting setting) => given(setting);

    private static GivenSetting? Default(Setting setting) => setting.Default is { } text ? new(text, setting.Variable) : null;

    // A blank variable is one that is not set: that is how files of variables leave one out.
    private static GivenSetting? Variable(Setting setting, Func<string, string?> variable) =>
        variable(setting.Variable) is { } text && !string.IsNullOrWhiteSpace(text) ? new(text.Trim(), setting.Variable) : null;
}
