using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ViViT.Deploy.Tests.Cluster;

/// <summary>Types of Kubernetes' objects from npm, installed once per lock file beside the build (tests/Deploy/schemas).</summary>
internal static class SchemaCheck
{
    private const string NoNode = "Node.js is not on this machine: manifests are not checked against typed schemas. Install node 20 or newer with npm.";

    private static readonly Lazy<Task<(string? Folder, string? Lack)>> Installed = new(Install);

    /// <summary>What is wrong with each object; a machine without Node.js or the packages skips the test.</summary>
    public static async Task<IReadOnlyList<(Manifest Object, string Problem)>> Problems(IReadOnlyList<Manifest> objects)
    {
        var (folder, lack) = await Installed.Value;
        if (lack is not null) Assert.Skip(lack);
        var list = Path.Combine(Path.GetTempPath(), $"vivit-manifests-{Guid.NewGuid():n}.json");
        try
        {
            await File.WriteAllTextAsync(list, new JsonArray([.. objects.Select(one => one.Body.DeepClone())]).ToJsonString(), TestContext.Current.CancellationToken);
            var (code, output, errors) = await Run.Program("node", [Path.Combine(folder!, "check.mjs"), list]);
            Assert.SkipWhen(code == 127, NoNode);
            Assert.True(code == 0, errors);
            return [.. JsonSerializer.Deserialize<Found[]>(output, JsonSerializerOptions.Web)!.Select(found => (objects[found.Object], found.Problem))];
        }
        finally
        {
            File.Delete(list);
        }
    }

    private static async Task<(string? Folder, string? Lack)> Install()
    {
        var sources = Directory.GetFiles(Repository.At("tests/Deploy/schemas"));
        var packages = Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(Repository.At("tests/Deploy/schemas/package-lock.json"))))[..12];
        var folder = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "..", "schemas", packages));
        Directory.CreateDirectory(folder);

        // Another test process may be at it.
        await using var alone = await Alone(Path.Combine(folder, "lock"));
        foreach (var source in sources) File.Copy(source, Path.Combine(folder, Path.GetFileName(source)), overwrite: true);
        var whole = Path.Combine(folder, "installed");
        if (File.Exists(whole)) return (folder, null);
        var (code, _, errors) = await Run.Program("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", "--prefer-offline", "--fetch-retries=1", "--fetch-timeout=30000"], start => start.WorkingDirectory = folder);
        if (code == 127) return (null, NoNode);
        if (code != 0) return (null, $"npm could not fetch the schemas: manifests are not checked against them. Its last words: {string.Join(' ', errors.Trim().Split('\n').TakeLast(3))}");
        await File.WriteAllTextAsync(whole, "");
        return (folder, null);
    }

    private static async Task<FileStream> Alone(string file)
    {
        while (true)
        {
            try
            {
                return new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100));
            }
        }
    }

    private sealed record Found(int Object, string Problem);
}
