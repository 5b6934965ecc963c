using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using ViViT.Contracts.DataSets;
using ViViT.Data.Files;
using ViViT.TestKit;

namespace ViViT.Data.Tests;

public sealed class DownloaderTests : IDisposable
{
    private static readonly byte[] Content = [.. Enumerable.Range(0, 300_000).Select(i => (byte)(i * 7))];

    private readonly TempFolder folder = new();
    private readonly HttpListener server = new();
    private readonly Download download;
    private readonly List<string?> ranges = [];

    public DownloaderTests()
    {
        var address = $"http://127.0.0.1:{FreePort.Find()}/";
        server.Prefixes.Add(address);
        server.Start();
#pragma warning disable CA5351 // as the releases do
        download = new(new Uri(address + "set.npz"), "set.npz", Convert.ToHexStringLower(MD5.HashData(Content)));
#pragma warning restore CA5351
    }

    private string Target => Path.Combine(folder.Path, "set.npz");

    public void Dispose()
    {
        server.Close();
        folder.Dispose();
    }

    [Fact]
    public async Task A_file_arrives_whole_and_progress_is_told()
    {
        Serve((context, _) => Send(context, Content, from: 0));
        var seen = new List<DownloadProgress>();

        await Fetch(new Collect(seen));

        Assert.Equal(Content, await File.ReadAllBytesAsync(Target, TestContext.Current.CancellationToken));
        Assert.Equal(new DownloadProgress(Content.Length, Content.Length), seen[^1]);
        Assert.Equal(["set.npz"], Files());
    }

    [Fact]
    public async Task A_download_that_was_cut_off_goes_on_where_it_stopped()
    {
        folder.Write("set.npz.part", Content[..100_000]);
        Serve((context, _) => Send(context, Content, from: 100_000));

        await Fetch();

        Assert.Equal(Content, await File.ReadAllBytesAsync(Target, TestContext.Current.CancellationToken));
        Assert.Equal(["bytes=100000-"], ranges);
    }

    [Fact]
    public async Task A_server_that_ignores_ranges_sends_everything_again()
    {
        folder.Write("set.npz.part", Content[..100_000]);
        Serve((context, _) => Send(context, Content, from: 0));

        await Fetch();

        Assert.Equal(Content, await File.ReadAllBytesAsync(Target, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_failing_server_is_asked_again()
    {
        Serve((context, request) =>
        {
            if (request == 0) Refuse(context, 503);
            else Send(context, Content, from: 0);
        });

        await Fetch();

        Assert.True(File.Exists(Target));
    }

    [Fact]
    public async Task Another_content_is_refused_and_removed()
    {
        Serve((context, _) => Send(context, Content[..1000], from: 0));

        var wrong = await Assert.ThrowsAsync<DataUnavailableException>(() => Fetch());

        Assert.Contains($"not {download.Md5}", wrong.Message, StringComparison.Ordinal);
        Assert.Empty(Files());
    }

    [Fact]
    public async Task What_cannot_be_fetched_is_told_with_what_to_put_where()
    {
        Serve((context, _) => Refuse(context, 404));

        var missing = await Assert.ThrowsAsync<DataUnavailableException>(() => Fetch());

        Assert.Contains("404", missing.Message, StringComparison.Ordinal);
        Assert.Contains($"put it here: {Target} (MD5 {download.Md5}); or run: vivit data get set", missing.Message, StringComparison.Ordinal);
        Assert.Single(ranges);
    }

    [Fact]
    public async Task Two_at_once_fetch_it_once()
    {
        Serve((context, _) => Send(context, Content, from: 0));

        await Task.WhenAll(Fetch(), Fetch());

        Assert.Single(ranges);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_connection_that_breaks_midway_is_taken_up_again_where_it_broke(bool reset)
    {
        using var breaking = new BreakingServer(Content, breakAt: 120_000, reset);
        var seen = new List<DownloadProgress>();

        await new Downloader(Folder) { FirstPause = TimeSpan.FromMilliseconds(1) }.Fetch("set", download with { Url = breaking.Url }, new Collect(seen), CancellationToken.None);

        Assert.Equal(Content, await File.ReadAllBytesAsync(Target, TestContext.Current.CancellationToken));
        Assert.StartsWith("bytes=", Assert.Single(breaking.Ranges), StringComparison.Ordinal);
        Assert.Equal(new DownloadProgress(Content.Length, Content.Length), seen[^1]);
    }

    [Fact]
    public async Task A_server_that_falls_silent_is_not_waited_for_for_ever()
    {
        var silent = new TaskCompletionSource();
        Serve((context, _) =>
        {
            context.Response.ContentLength64 = Content.Length;
            context.Response.OutputStream.Write(Content.AsSpan(0, 1000));
            context.Response.OutputStream.Flush();
            silent.Task.GetAwaiter().GetResult();
        });

        var impatient = new Downloader(Folder) { Patience = TimeSpan.FromMilliseconds(300), FirstPause = TimeSpan.FromMilliseconds(1) };
        var fetch = impatient.Fetch("set", download, null, CancellationToken.None);
        var missing = await Assert.ThrowsAsync<DataUnavailableException>(() => fetch.WaitAsync(TimeSpan.FromSeconds(30)));
        silent.SetResult();

        Assert.Contains("did not answer in time, or fell silent. Fetch ", missing.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(Target));
    }

    [Fact]
    public async Task Who_stops_a_download_finds_it_continued_later()
    {
        using var stop = new CancellationTokenSource();
        var rest = new TaskCompletionSource();
        Serve((context, request) =>
        {
            if (request == 0)
            {
                context.Response.ContentLength64 = Content.Length;
                context.Response.OutputStream.Write(Content.AsSpan(0, 150_000));
                context.Response.OutputStream.Flush();
                rest.Task.GetAwaiter().GetResult();
                return;
            }

            Send(context, Content, from: int.Parse(ranges[^1]!["bytes=".Length..^1], CultureInfo.InvariantCulture));
        });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => new Downloader(Folder).Fetch("set", download, new StopAt(150_000, stop), stop.Token));
        rest.SetResult();
        Assert.Equal(150_000, new FileInfo(Target + ".part").Length);
        await Fetch();

        Assert.Equal(["bytes=150000-"], ranges[1..]);
        Assert.Equal(Content, await File.ReadAllBytesAsync(Target, TestContext.Current.CancellationToken));
        Assert.Equal(["set.npz"], Files());
    }

    [Fact]
    public async Task A_part_that_is_already_whole_needs_no_more_bytes()
    {
        folder.Write("set.npz.part", Content);
        Serve((context, _) => Refuse(context, 416));

        await Fetch();

        Assert.Equal(Content, await File.ReadAllBytesAsync(Target, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_part_of_another_file_is_thrown_away_and_everything_is_fetched()
    {
        folder.Write("set.npz.part", new byte[100_000]);
        Serve((context, request) => Send(context, Content, from: request == 0 ? 100_000 : 0));

        await Fetch();

        Assert.Equal(Content, await File.ReadAllBytesAsync(Target, TestContext.Current.CancellationToken));
        Assert.Equal(["bytes=100000-", null], ranges);
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_told()
    {
        var nobody = download with { Url = new Uri($"http://127.0.0.1:{FreePort.Find()}/set.npz") };

        var missing = await Assert.ThrowsAsync<DataUnavailableException>(() => new Downloader(Folder) { FirstPause = TimeSpan.FromMilliseconds(1) }.Fetch("set", nobody, null, CancellationToken.None));

        Assert.StartsWith("set is not on this machine and cannot be fetched: Connection refused", missing.Message, StringComparison.Ordinal);
        Assert.Contains($"Fetch {nobody.Url} where there is a network and put it here: {Target} (MD5 {download.Md5})", missing.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_waits_for_another_process_can_be_stopped()
    {
        using var other = new FileStream(Target + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(300));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => new Downloader(Folder).Fetch("set", download, null, stop.Token));

        Assert.Empty(ranges);
    }

    [Fact]
    public async Task A_folder_that_cannot_be_made_is_told_at_once()
    {
        var file = folder.Write("file", [1]);

        var missing = await Assert.ThrowsAsync<DataUnavailableException>(() => new Downloader(new DataFolder(Path.Combine(file, "data"))).Fetch("set", download, null, CancellationToken.None));

        Assert.Contains(file, missing.Message, StringComparison.Ordinal);
    }

    private DataFolder Folder => new(folder.Path);

    private IEnumerable<string> Files() => Directory.GetFiles(folder.Path).Select(file => Path.GetFileName(file)).Where(file => file != "set.npz.lock");

    private Task Fetch(IProgress<DownloadProgress>? progress = null) => new Downloader(Folder).Fetch("set", download, progress, TestContext.Current.CancellationToken);

    private void Serve(Action<HttpListenerContext, int> answer) => _ = Task.Run(async () =>
    {
        for (var request = 0; server.IsListening; request++)
        {
            HttpListenerContext context;
            try
            {
                context = await server.GetContextAsync();
            }
            catch (Exception closed) when (closed is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            ranges.Add(context.Request.Headers["Range"]);
            answer(context, request);
        }
    });

    private static void Send(HttpListenerContext context, byte[] content, int from)
    {
        if (from > 0)
        {
            context.Response.StatusCode = 206;
            context.Response.Headers["Content-Range"] = $"bytes {from}-{content.Length - 1}/{content.Length}";
        }

        context.Response.ContentLength64 = content.Length - from;
        context.Response.OutputStream.Write(content.AsSpan(from));
        context.Response.Close();
    }

    private static void Refuse(HttpListenerContext context, int status)
    {
        context.Response.StatusCode = status;
        context.Response.Close();
    }

    private sealed class Collect(List<DownloadProgress> seen) : IProgress<DownloadProgress>
    {
        public void Report(DownloadProgress value) => seen.Add(value);
    }

    private sealed class StopAt(long bytes, CancellationTokenSource stop) : IProgress<DownloadProgress>
    {
        public void Report(DownloadProgress value)
        {
            if (value.Done >= bytes) stop.Cancel();
        }
    }
}
