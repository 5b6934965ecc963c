using ViViT.Contracts.Configuration;

namespace ViViT.Data;

/// <summary>Where data sets lie on this machine: one file each, under the catalogue's file name.</summary>
public sealed record DataFolder(string Path)
{
    /// <summary><c>$VIVIT_DATA</c>, else <c>$XDG_CACHE_HOME/vivit</c>, else <c>~/.cache/vivit</c>.</summary>
    public static DataFolder Default() => Of(Environment.GetEnvironmentVariable);

    internal static DataFolder Of(Func<string, string?> variable)
    {
        if (SettingValues.OfVariables(variable).TryGet(Settings.Data, out var chosen)) return new(chosen!);
        var cache = variable("XDG_CACHE_HOME") is { Length: > 0 } xdg
            ? xdg
            : System.IO.Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
        return new(System.IO.Path.Combine(cache, "vivit"));
    }

    public string FileOf(string fileName) => System.IO.Path.Combine(Path, fileName);
}
