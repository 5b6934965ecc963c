using System.Net;
using System.Net.Http.Headers;
using ViViT.Contracts.DataSets;

namespace ViViT.Data.Files;

/// <summary>
/// Fetches a file: into <c>NAME.part</c>, which a later call continues, and under its own name only when it is complete, checked and on
/// disk. One process at a time fetches a file; others wait for it.
/// </summary>
internal sealed class Downloader(DataFolder folder, HttpClient? http)
{
    private const int Tries = 4;
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan LockPause = TimeSpan.FromMilliseconds(200);
    private static readonly HttpClient Own = new() { Timeout = TimeSpan.FromMinutes(10) };

    public async Task Fetch(string name, Download download, IProgress<DownloadProgress>? progress, CancellationToken cancellation)
    {
        var path = folder.FileOf(download.FileName);
        try
        {
            Directory.CreateDirectory(folder.Path);
            await using var only = await Lock(path + ".lock", cancellation);
            if (File.Exists(path)) return; // somebody else was faster
            await Complete(path + ".part", download, progress, cancellation);
            File.Move(path + ".part", path);
        }
        catch (Exception unreachable) when (unreachable is HttpRequestException or IOException or UnauthorizedAccessException || (unreachable is TaskCanceledException && !cancellation.IsCancellationRequested))
        {
            throw new DataUnavailableException(
                $"{name} is not on this machine and cannot be fetched: {unreachable.Message} Fetch {download.Url} where there is a network and put it here: {path} (MD5 {download.Md5}); or run: vivit data get {name}",
                unreachable);
        }
    }

    private async Task Complete(string part, Download download, IProgress<DownloadProgress>? progress, CancellationToken cancellation)
    {
        var pause = FirstPause;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await Continue(part, download.Url, progress, cancellation);
                break;
            }
            catch (Exception transient) when (attempt < Tries && IsTransient(transient) && !cancellation.IsCancellationRequested)
            {
                await Task.Delay(pause, cancellation);
                pause *= 3;
            }
        }

        var md5 = Checksum.Md5(part);
        if (md5 == download.Md5) return;
        File.Delete(part);
        throw new DataUnavailableException($"What {download.Url} sent is not the release's file: its MD5 is {md5}, not {download.Md5}. It was removed; try again, or fetch the file by another way into {folder.Path}.");
    }

    private async Task Continue(string part, Uri url, IProgress<DownloadProgress>? progress, CancellationToken cancellation)
    {
        var have = File.Exists(part) ? new FileInfo(part).Length : 0;
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        if (have > 0) request.Headers.Range = new RangeHeaderValue(have, null);
        using var response = await (http ?? Own).SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
        if (response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable) return; // nothing is missing; the checksum decides
        response.EnsureSuccessStatusCode();

        var resumed = response.StatusCode == HttpStatusCode.PartialContent && response.Content.Headers.ContentRange?.From == have;
        if (!resumed) have = 0;
        var total = response.Content.Headers.ContentLength + have;
        await using var file = new FileStream(part, resumed ? FileMode.Append : FileMode.Create, FileAccess.Write);
        await using var body = await response.Content.ReadAsStreamAsync(cancellation);
        var buffer = new byte[128 << 10];
        while (await body.ReadAsync(buffer, cancellation) is > 0 and var read)
        {
            await file.WriteAsync(buffer.AsMemory(0, read), cancellation);
            have += read;
            progress?.Report(new(have, total));
        }

        file.Flush(flushToDisk: true);
        if (have < total) throw new HttpIOException(HttpRequestError.ResponseEnded, $"The server stopped after {have} of {total} bytes.");
    }

    private static bool IsTransient(Exception fault) => fault switch
    {
        HttpRequestException { StatusCode: { } status } => status is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError,
        HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError } => false,
        HttpRequestException or HttpIOException => true,
        _ => false,
    };

    private static async Task<FileStream> Lock(string path, CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 1, FileOptions.DeleteOnClose);
            }
            catch (IOException) when (File.Exists(path))
            {
                await Task.Delay(LockPause, cancellation);
            }
        }
    }
}
