using System.Text;
using System.Text.Json;
using ViViT.Contracts.Specs;

namespace ViViT.Contracts.Configuration;

/// <summary>Settings from a JSON file: <c>{"vivit": {"lease_seconds": 30}}</c>. Programs may share one; each takes what it reads.</summary>
internal static class SettingFile
{
    private const string Section = "vivit";
    private const int LongestFile = 1 << 20;
    private const string Beside = "appsettings.json";

    /// <param name="named">Null: the one beside the program, which may be absent and may be about something else.</param>
    /// <exception cref="SettingException">It cannot be read, or holds a key that no program knows.</exception>
    public static IReadOnlyDictionary<string, GivenSetting> Read(GivenSetting? named)
    {
        if (named is null && !File.Exists(Path.Combine(AppContext.BaseDirectory, Beside))) return new Dictionary<string, GivenSetting>();
        var path = named is null ? Path.Combine(AppContext.BaseDirectory, Beside) : Settings.SettingsFile.Parse(named);
        try
        {
            using var document = JsonDocument.Parse(Text(path), new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
            if (document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty(Section, out var section)) return Keys(path, section);
            return named is null ? new Dictionary<string, GivenSetting>() : throw new SettingException(path, $"has no object \"{Section}\". Give {{\"{Section}\": {{\"lease_seconds\": 30}}}}, for example.");
        }
        catch (JsonException wrong)
        {
            // Its message may quote what stands there, which may be a password.
            throw new SettingException(path, $"is no JSON: see line {wrong.LineNumber + 1}, character {wrong.BytePositionInLine + 1}. Mend it there.");
        }
        catch (InvalidOperationException)
        {
            throw new SettingException(path, "holds half of a surrogate pair, which is no text. Take the \\ud8xx or \\udcxx out.");
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new SettingException(path, $"cannot be read: {unreadable.Message} Mend that, or name another file by {Settings.SettingsFile.Variable}.");
        }
    }

    private static Dictionary<string, GivenSetting> Keys(string path, JsonElement section)
    {
        if (section.ValueKind != JsonValueKind.Object) throw new SettingException($"{path}: {Section}", "is no object. Give one with a key for each setting.");
        var keys = Settings.All.Where(setting => setting != Settings.SettingsFile).Select(setting => setting.Key).ToArray();
        var given = new Dictionary<string, GivenSetting>();
        foreach (var one in section.EnumerateObject())
        {
            var place = $"{path}: {Section}.{new GivenSetting(one.Name, path).Shown}";
            if (!keys.Contains(one.Name)) throw new SettingException(place, $"is no setting. {Spelling.Suggest(one.Name, keys)}");
            if (one.Value.ValueKind is not (JsonValueKind.String or JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False)) throw new SettingException(place, "is no text, number, true or false. Give one of these.");
            if (given.ContainsKey(one.Name)) throw new SettingException(place, "stands there twice. Give it once.");
            given[one.Name] = new(one.Value.ToString().Trim(), place);
        }

        return given.Where(one => one.Value.Text.Length > 0).ToDictionary();
    }

    // A device or a pipe may have no end.
    private static string Text(string path)
    {
        using var reader = new StreamReader(path, Encoding.UTF8);
        var (text, part) = (new StringBuilder(), new char[4096]);
        while (reader.Read(part) is var length and > 0)
        {
            if (text.Append(part, 0, length).Length > LongestFile) throw new SettingException(path, $"is longer than {LongestFile} characters, which no file of settings is. Name another.");
        }

        return text.ToString();
    }
}
