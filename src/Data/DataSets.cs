using ViViT.Contracts.DataSets;
using ViViT.Contracts.Specs;
using ViViT.Data.Files;
using ViViT.Data.Synthetic;

namespace ViViT.Data;

/// <summary>Data sets by name: found, fetched, checked, read.</summary>
/// <param name="http">For downloads; one of its own when null.</param>
public sealed class DataSets(DataFolder folder, HttpClient? http = null)
{
    /// <summary>Reads a set into memory, after fetching it where it is absent. Blocks until done.</summary>
    /// <param name="progress">Told of a download as it comes; on any thread.</param>
    /// <exception cref="DataUnavailableException">The file is missing and cannot be fetched, or it is damaged or unreadable.</exception>
    /// <exception cref="OperationCanceledException">Stopped while the file was being fetched.</exception>
    /// <exception cref="ArgumentException">The catalogue has no such set.</exception>
    public VolumeSet Load(DataSpec spec, IProgress<DownloadProgress>? progress = null, CancellationToken cancellation = default)
    {
        var info = Find(spec.Name);
        if (info.Download is null) return Shapes3D.Generate(info, spec.Limit);
        var set = Read(info, progress, cancellation);
        return spec.Limit is { } limit ? Subset.Take(set, limit) : set;
    }

    /// <summary>Whether and where the set's file lies; generated sets have none and are always there.</summary>
    /// <exception cref="ArgumentException">The catalogue has no such set.</exception>
    public DataLocation Locate(string name)
    {
        var info = Find(name);
        if (info.Download is not { } download) return new(info, Path: null, Present: true, Bytes: 0);
        var file = new FileInfo(folder.FileOf(download.FileName));
        return new(info, file.FullName, file.Exists, file.Exists ? file.Length : 0);
    }

    /// <summary>Downloads the set's file unless it is there; continues a download that was cut off.</summary>
    /// <returns>The file's path; null for a generated set.</returns>
    /// <exception cref="DataUnavailableException">It cannot be fetched, or what came has the wrong checksum.</exception>
    /// <exception cref="ArgumentException">The catalogue has no such set.</exception>
    public async Task<string?> Fetch(string name, IProgress<DownloadProgress>? progress, CancellationToken cancellation)
    {
        var info = Find(name);
        if (info.Download is not { } download) return null;
        var path = folder.FileOf(download.FileName);
        if (!File.Exists(path)) await new Downloader(folder, http).Fetch(info.Name, download, progress, cancellation);
        try
        {
            Checksum.Verify(path, download);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw Unreadable(path, fault);
        }

        return path;
    }

    private VolumeSet Read(DataSetInfo info, IProgress<DownloadProgress>? progress, CancellationToken cancellation)
    {
        var path = Fetch(info.Name, progress, cancellation).GetAwaiter().GetResult()!;
        try
        {
            return MedMnistReader.Read(path, info);
        }
        catch (InvalidDataException damaged)
        {
            throw new DataUnavailableException($"{damaged.Message}. Remove the file and fetch it again: vivit data get {info.Name}", damaged);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw Unreadable(path, fault);
        }
    }

    private static DataUnavailableException Unreadable(string path, Exception fault) =>
        new($"{path} is there but cannot be read: {fault.Message} See that this user may read it.", fault);

    private static DataSetInfo Find(string name) => DataSetCatalogue.Find(name)
        ?? throw new ArgumentException($"There is no data set '{name}'. {Spelling.Suggest(name, [.. DataSetCatalogue.All.Select(known => known.Name)])}", nameof(name));
}

/// <summary>Where a set lies.</summary>
/// <param name="Path">Its file, there or not; null for a generated set.</param>
public sealed record DataLocation(DataSetInfo Info, string? Path, bool Present, long Bytes);

/// <summary>How far a download is, in bytes.</summary>
/// <param name="Total">Null when the server does not tell.</param>
public readonly record struct DownloadProgress(long Done, long? Total);
