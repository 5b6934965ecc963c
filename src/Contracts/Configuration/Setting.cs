namespace ViViT.Contracts.Configuration;

/// <summary>The programs that read settings.</summary>
[Flags]
public enum Programs
{
    None = 0,
    Silo = 1,
    Worker = 2,
    Cli = 4,
}

/// <summary>Something that a program is told from outside when it starts: by a flag, an environment variable or a file of settings.</summary>
/// <param name="Key">In a file of settings, e.g. <c>lease_seconds</c>.</param>
/// <param name="ReadBy">Programs that it means something to.</param>
/// <param name="Accepts">What it may be, to follow "Give": <c>a whole number from 1 to 1024</c>.</param>
/// <param name="Default">As it would be written; null when there is none.</param>
/// <param name="Meaning">One sentence without its full stop.</param>
/// <param name="WhenUnset">What holds without it where no default can be written, e.g. <c>a core each</c>; null when it must be given.</param>
/// <param name="IsSecret">Its value is shown nowhere, in no error either.</param>
public abstract record Setting(string Key, Programs ReadBy, string Accepts, string? Default, string Meaning, string? WhenUnset, bool IsSecret)
{
    /// <summary>The environment variable.</summary>
    public string Variable => $"VIVIT_{Key.ToUpperInvariant()}";

    /// <summary>The flag of silo and worker.</summary>
    public string Flag => $"--{Key.Replace('_', '-')}";

    /// <summary>Whether a program that reads it cannot start without.</summary>
    public bool IsRequired => Default is null && WhenUnset is null;

    /// <exception cref="SettingException">The text is not what the setting accepts.</exception>
    public abstract void Check(GivenSetting given);
}

/// <inheritdoc/>
/// <typeparam name="T">Of its value.</typeparam>
public sealed record Setting<T>(
    string Key, Programs ReadBy, SettingKind<T> Kind, string Meaning, string? Default = null, string? WhenUnset = null, bool IsSecret = false)
    : Setting(Key, ReadBy, Kind.Accepts, Default, Meaning, WhenUnset, IsSecret)
{
    /// <exception cref="SettingException">The text is not what the setting accepts.</exception>
    public T Parse(GivenSetting given)
    {
        try
        {
            return Kind.Parse(given.Text);
        }
        catch (FormatException wrong)
        {
            throw new SettingException(given.From, IsSecret ? $"is not what it takes. Give {Accepts}." : $"is '{given.Shown}'{wrong.Message}. Give {Accepts}.");
        }
    }

    public override void Check(GivenSetting given) => Parse(given);
}

/// <summary>A setting's text and where it stands.</summary>
/// <param name="From">The flag, the variable, or the file and the key in it.</param>
public sealed record GivenSetting(string Text, string From)
{
    private const int Longest = 100;

    /// <summary>The text as an error may quote it: bounded, and without anything that moves a cursor.</summary>
    public string Shown => string.Concat((Text.Length > Longest ? $"{Text[..Longest]}…" : Text).Select(one => char.IsControl(one) || char.IsSurrogate(one) ? '?' : one));
}
