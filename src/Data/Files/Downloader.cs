using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using ViViT.Contracts.DataSets;

namespace ViViT.Data.Files;

/// <summary>
/// Fetches a file: into <c>NAME.part</c>, which a later call continues, and under its own name only when it is complete, checked and on
/// disk. One process at a time fetches a file; others wait for it.
/// </summary>
internal sealed class Downloader(DataFolder folder, HttpClient? http = null)
{
    private const int Tries = 4;
    private const int LockIsHeld = 11; // EAGAIN, as .NET tells that another process has the file
    private static readonly TimeSpan LockPause = TimeSpan.FromMilliseconds(200);
    private static readonly HttpClient Own = Create();

    /// <summary>The longest wait for a connection, an answer, or more of it.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The pause before a failed transfer is tried again; each further one is three times as long.</summary>
    public TimeSpan FirstPause { get; init; } = TimeSpan.FromMilliseconds(300);

    /// <exception cref="DataUnavailableException">It cannot be fetched, or what came has the wrong checksum.</exception>
    /// <exception cref="OperationCanceledException">Stopped; what has arrived stays for the next call.</exception>
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
        catch (Exception fault) when (fault is HttpRequestException or IOException or UnauthorizedAccessException)
        {
            throw new DataUnavailableException(
                $"{name} is not on this machine and cannot be fetched: {fault.Message.TrimEnd('.')}. Fetch {download.Url} where there is a network " +
                $"and put it here: {path} (MD5 {download.Md5}); or run: vivit data get {name}",
                fault);
        }
    }

    private async Task Complete(string part, Download download, IProgress<DownloadProgress>? progress, CancellationToken cancellation)
    {
        var continues = File.Exists(part);
        await Arrive(part, download.Url, progress, cancellation);
        var md5 = Checksum.Md5(part);
        if (md5 != download.Md5 && continues)
        {
            // The old part may be of another file, or damaged: that is no reason to trouble anybody.
            File.Delete(part);
            await Arrive(part, download.Url, progress, cancellation);
            md5 = Checksum.Md5(part);
        }

        if (md5 == download.Md5) return;
        File.Delete(part);
        throw new DataUnavailableException(
            $"What {download.Url} sent is not the release's file: its MD5 is {md5}, not {download.Md5}. It was removed; " +
            $"try again, or fetch the file by another way into {folder.Path}.");
    }

    private async Task Arrive(string part, Uri url, IProgress<DownloadProgress>? progress, CancellationToken cancellation)
    {
        var pause = FirstPause;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await Continue(part, url, progress, cancellation);
                return;
            }
            catch (Exception fault) when (attempt < Tries && IsTransient(fault))
            {
                await Task.Delay(pause, cancellation);
                pause *= 3;
            }
        }
    }

    private async Task Continue(string part, Uri url, IProgress<DownloadProgress>? progress, CancellationToken cancellation)
    {
        using var silence = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        silence.CancelAfter(Patience);
        try
        {
            var have = File.Exists(part) ? new FileInfo(part).Length : 0;
            using var request = new HttpRequestMessage(HttpMethod.Get, url);
            if (have > 0) request.Headers.Range = new RangeHeaderValue(have, null);
            using var response = await (http ?? Own).SendAsync(request, HttpCompletionOption.ResponseHeadersRead, silence.Token);
            if (response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable) return; // nothing is missing; the checksum decides
            response.EnsureSuccessStatusCode();

            var resumed = response.StatusCode == HttpStatusCode.PartialContent && response.Content.Headers.ContentRange?.From == have;
            if (!resumed) have = 0;
            var total = response.Content.Headers.ContentLength + have;
            await using var file = new FileStream(part, resumed ? FileMode.Append : FileMode.Create, FileAccess.Write);
            await using var body = await response.Content.ReadAsStreamAsync(silence.Token);
            var buffer = new byte[128 << 10];
            while (await body.ReadAsync(buffer, silence.Token) is > 0 and var read)
            {
                await file.WriteAsync(buffer.AsMemory(0, read), cancellation);
                have += read;
                progress?.Report(new(have, total));
                silence.CancelAfter(Patience);
            }

            file.Flush(flushToDisk: true);
            if (have < total) throw new HttpIOException(HttpRequestError.ResponseEnded, $"The server stopped after {have} of {total} bytes");
        }
        catch (OperationCanceledException late) when (!cancellation.IsCancellationRequested)
        {
            throw new HttpRequestException($"{url.Authority} did not answer in time, or fell silent", late);
        }
    }

    private static bool IsTransient(Exception fault) => fault switch
    {
        HttpRequestException { StatusCode: { } status } => status is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError,
        HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError } => false,
        HttpRequestException or HttpIOException or IOException { InnerException: SocketException } => true,
        _ => false,
    };

    // The lock file stays: were it removed, one process could lock the old file that it still has open while another locks a new one.
    private static async Task<FileStream> Lock(string path, CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 1);
            }
            catch (IOException held) when (held.HResult == LockIsHeld)
            {
                await Task.Delay(LockPause, cancellation);
            }
        }
    }

    private static HttpClient Create()
    {
        var client = new HttpClient { Timeout = Timeout.InfiniteTimeSpan }; // each transfer watches its own silence
        client.DefaultRequestHeaders.UserAgent.Add(new("vivit", typeof(Downloader).Assembly.GetName().Version?.ToString(3)));
        return client;
    }
}
