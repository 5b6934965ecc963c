using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using ViViT.Contracts;
using ViViT.Contracts.Wire;

namespace ViViT.Training.Checkpoints;

/// <summary>
/// The checkpoints of one attempt: <c>experiment-&lt;id&gt;/fence-&lt;fence&gt;/step-&lt;step&gt;/</c> under a root that the workers of a pool
/// share. A checkpoint is written beside its place, every file flushed, then renamed into it: it is there whole or not at all. Its
/// manifest.json holds size and SHA-256 of the other files, and the hash of the manifest travels with the commit, so
/// that what is read is what was written.
/// </summary>
public sealed class CheckpointFolder(string root, ExperimentId experiment, long fence)
{
    private const string ManifestName = "manifest.json";
    private const string Unfinished = ".partial";

    /// <summary>Writes a checkpoint. One of this step that is already there is replaced.</summary>
    /// <param name="files">Plain file name to content.</param>
    /// <exception cref="IOException">The disk is full, or failed, or a link stands in the way; nothing is left behind but the unfinished folder.</exception>
    public CheckpointManifest Write(long step, IReadOnlyDictionary<string, byte[]> files)
    {
        var parent = Path.Join(root, Invariant($"experiment-{experiment}"), Invariant($"fence-{fence}"));
        var place = Path.Join(parent, Invariant($"step-{step}"));
        var unfinished = place + Unfinished;
        if (LinkOnTheWay(root, parent) is { } link) throw new IOException($"{link} is a link, which may lead out of the checkpoint root. Remove it.");
        CreateDurably(parent);
        Remove(unfinished);
        Directory.CreateDirectory(unfinished);
        foreach (var (name, content) in files)
        {
            DurableFile.Write(Path.Join(unfinished, name), content);
        }

        var listing = new Listing(experiment, fence, step,
            [.. files.OrderBy(file => file.Key, StringComparer.Ordinal).Select(file => new ListedFile(file.Key, file.Value.Length, Hash(file.Value)))]);
        var manifest = JsonSerializer.SerializeToUtf8Bytes(listing, ContractsJson.Options);
        DurableFile.Write(Path.Join(unfinished, ManifestName), manifest);
        DurableFile.FlushFolder(unfinished);
        Remove(place);
        Directory.Move(unfinished, place);
        DurableFile.FlushFolder(parent);
        var bytes = manifest.Length + files.Values.Sum(content => (long)content.Length);
        return new CheckpointManifest(step, Path.GetRelativePath(root, place).Replace('\\', '/'), Hash(manifest), bytes);
    }

    /// <summary>Reads a checkpoint of this experiment, of any attempt, and verifies every byte.</summary>
    /// <returns>File name to content, the manifest left out.</returns>
    /// <exception cref="CheckpointException">A file is missing or altered, or the checkpoint is another experiment's.</exception>
    public IReadOnlyDictionary<string, byte[]> Read(CheckpointManifest checkpoint)
    {
        var folder = Place(checkpoint);

        var manifest = ReadFile(folder, ManifestName, checkpoint.Sha256);
        var listing = Parse(folder, manifest);
        if (listing.Experiment != experiment || listing.Step != checkpoint.Step)
        {
            throw new CheckpointException(folder, $"it is step {listing.Step} of experiment {listing.Experiment}, not step {checkpoint.Step} of experiment {experiment}");
        }

        if (listing.Files.CountBy(file => file.Name).FirstOrDefault(name => name.Value > 1).Key is { } twice)
        {
            throw new CheckpointException(folder, $"{ManifestName} lists '{twice}' twice");
        }

        return listing.Files.ToDictionary(file => file.Name, file => ReadFile(folder, file.Name, file.Sha256));
    }

    /// <summary>
    /// Deletes the experiment's checkpoints that are older, by fence and then step, than the newest of <paramref name="keep"/> and not in
    /// it. Newer ones stay, since they may be about to be committed. With nothing to keep, everything goes.
    /// </summary>
    public static void Prune(string root, ExperimentId experiment, IReadOnlyCollection<CheckpointManifest> keep)
    {
        var folder = Path.Join(root, Invariant($"experiment-{experiment}"));
        if (!Directory.Exists(folder) || LinkOnTheWay(root, folder) is not null)
        {
            return;
        }

        if (keep.Count == 0)
        {
            Directory.Delete(folder, recursive: true);
            return;
        }

        var kept = keep.Select(checkpoint => Path.GetFullPath(Path.Join(root, checkpoint.Path))).ToHashSet(StringComparer.Ordinal);
        var newest = kept.Select(Age).Max();
        foreach (var attempt in Directory.EnumerateDirectories(folder, "fence-*").Where(attempt => LinkOnTheWay(root, attempt) is null).ToList())
        {
            foreach (var checkpoint in Directory.EnumerateDirectories(attempt, "step-*").Select(Path.GetFullPath).Where(path => !kept.Contains(path)).ToList())
            {
                if (Age(checkpoint).CompareTo(newest) < 0)
                {
                    Directory.Delete(checkpoint, recursive: true);
                }
            }

            if (!Directory.EnumerateFileSystemEntries(attempt).Any() && Number(attempt, "fence-") < newest.Fence)
            {
                Directory.Delete(attempt);
            }
        }
    }

    private static (long Fence, long Step) Age(string checkpoint) =>
        (Number(Path.GetDirectoryName(checkpoint)!, "fence-"), Number(checkpoint, "step-"));

    // Of "step-12" or "step-12.partial"; a name that is not ours counts as newest and so stays.
    private static long Number(string path, string prefix) =>
        Path.GetFileName(path) is var name && name.StartsWith(prefix, StringComparison.Ordinal)
        && long.TryParse(name[prefix.Length..].Replace(Unfinished, "", StringComparison.Ordinal), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : long.MaxValue;

    // The folder of a checkpoint, which lies under the root.
    private string Place(CheckpointManifest checkpoint)
    {
        if (checkpoint.Path.Contains('\0', StringComparison.Ordinal))
        {
            throw new CheckpointException(checkpoint.Path.Replace("\0", "\\0", StringComparison.Ordinal), "its path holds a NUL character");
        }

        var folder = Path.GetFullPath(Path.Join(root, checkpoint.Path));
        if (!folder.StartsWith(Path.TrimEndingDirectorySeparator(Path.GetFullPath(root)) + Path.DirectorySeparatorChar, StringComparison.Ordinal))
        {
            throw new CheckpointException(checkpoint.Path, $"its path leaves the checkpoint root {root}");
        }

        return LinkOnTheWay(root, folder) is { } link ? throw new CheckpointException(checkpoint.Path, $"{link} is a link, which may lead out of the checkpoint root {root}") : folder;
    }

    // The root may be a link; what lies below it is made by workers as folders and files, and a link there is somebody else's.
    private static string? LinkOnTheWay(string root, string place)
    {
        var way = Path.GetFullPath(root);
        foreach (var part in Path.GetRelativePath(way, place).Split(Path.DirectorySeparatorChar))
        {
            way = Path.Join(way, part);
            if (new FileInfo(way).LinkTarget is not null) return way;
        }

        return null;
    }

    private static byte[] ReadFile(string folder, string name, string sha256)
    {
        if (name is "" or "." or ".." || Path.GetFileName(name) != name || name.Contains('\0', StringComparison.Ordinal))
        {
            throw new CheckpointException(folder, $"its manifest names a file outside of it, '{name}'");
        }

        try
        {
            var file = new FileInfo(Path.Join(folder, name));
            if (file.LinkTarget is not null) throw new CheckpointException(folder, $"{name} is a link");
            var content = File.ReadAllBytes(file.FullName);
            return Hash(content) == sha256
                ? content
                : throw new CheckpointException(folder, $"{name} is not the file that was written: its {content.Length} bytes have another SHA-256");
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException or PathTooLongException)
        {
            throw new CheckpointException(folder, $"{name} is missing", missing);
        }
    }

    private static Listing Parse(string folder, byte[] manifest)
    {
        try
        {
            return JsonSerializer.Deserialize<Listing>(manifest, ContractsJson.Options) ?? throw new CheckpointException(folder, $"{ManifestName} is empty");
        }
        catch (JsonException malformed)
        {
            throw new CheckpointException(folder, $"{ManifestName} is malformed", malformed);
        }
    }

    // Creates the folder and flushes every name on the way down to it.
    private static void CreateDurably(string path)
    {
        if (Directory.Exists(path))
        {
            return;
        }

        var parent = Path.GetDirectoryName(Path.GetFullPath(path))!;
        CreateDurably(parent);
        Directory.CreateDirectory(path);
        DurableFile.FlushFolder(parent);
    }

    private static void Remove(string folder)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string Hash(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);

    private sealed record Listing(ExperimentId Experiment, long Fence, long Step, IReadOnlyList<ListedFile> Files);

    private sealed record ListedFile(string Name, long Size, string Sha256);
}
