using System.Text.Json;

namespace ViViT.Sbom;

/// <summary>What NuGet resolved for a project: the closure of its packages and projects.</summary>
internal sealed record AssetsFile(IReadOnlyList<Library> Libraries, IReadOnlyList<string> Frameworks)
{
    /// <exception cref="FormatException">The file is none that NuGet wrote.</exception>
    public static AssetsFile Read(string path)
    {
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllText(path));
            var root = document.RootElement;
            var folders = root.GetProperty("packageFolders").EnumerateObject().Select(folder => folder.Name).ToArray();
            var known = root.GetProperty("libraries");

            // Without and with the machine that it is published for: what either needs is in it.
            var libraries = root.GetProperty("targets").EnumerateObject().SelectMany(target => target.Value.EnumerateObject()).GroupBy(library => library.Name, StringComparer.Ordinal)
                .OrderBy(library => library.Key, StringComparer.Ordinal).Select(library => Of(library.Key, [.. library.Select(one => one.Value)], known.GetProperty(library.Key), folders)).ToArray();
            var frameworks = root.GetProperty("project").GetProperty("frameworks").EnumerateObject()
                .SelectMany(framework => framework.Value.TryGetProperty("frameworkReferences", out var references) ? references.EnumerateObject().Select(one => one.Name) : []);
            return new(libraries, [.. frameworks.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)]);
        }
        catch (Exception wrong) when (wrong is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new FormatException($"It is no project.assets.json: {wrong.Message}", wrong);
        }
    }

    private static Library Of(string key, JsonElement[] targets, JsonElement known, string[] folders)
    {
        var (name, version) = key.Split('/') is [var left, var right] ? (left, right) : throw new FormatException($"'{key}' is no name and version.");
        var isPackage = known.GetProperty("type").GetString() == "package";
        var needs = targets.SelectMany(target => target.TryGetProperty("dependencies", out var dependencies) ? dependencies.EnumerateObject().Select(one => one.Name) : []);
        string[] shipped = ["runtime", "runtimeTargets", "native", "resource", "contentFiles"];
        return new(name, version, isPackage,
            isPackage ? Convert.ToHexStringLower(Convert.FromBase64String(known.GetProperty("sha512").GetString()!)) : null,
            isPackage ? folders.Select(folder => Path.Combine(folder, known.GetProperty("path").GetString()!, $"{name.ToLowerInvariant()}.nuspec")).FirstOrDefault(File.Exists) : null,
            !isPackage || targets.Any(target => shipped.Any(kind => target.TryGetProperty(kind, out var files) && files.EnumerateObject().Any())),
            [.. needs.Distinct(StringComparer.OrdinalIgnoreCase).Order(StringComparer.Ordinal)]);
    }
}

/// <param name="Sha512">Of the package as it was downloaded, in hexadecimal; null for a project.</param>
/// <param name="Nuspec">Where the package describes itself; null for a project, and when it is not on this machine.</param>
/// <param name="IsShipped">It leaves something in the program, not only in its build.</param>
/// <param name="Needs">Names of other libraries.</param>
internal sealed record Library(string Name, string Version, bool IsPackage, string? Sha512, string? Nuspec, bool IsShipped, IReadOnlyList<string> Needs);
