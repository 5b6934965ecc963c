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
        Assert.Equal(["set.npz"], Directory.GetFiles(folder.Path).Select(Path.GetFileName));
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
        Assert.Empty(Directory.GetFiles(folder.Path));
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

    private Task Fetch(IProgress<DownloadProgress>? progress = null) => new Downloader(new DataFolder(folder.Path), http: null).Fetch("set", download, progress, TestContext.Current.CancellationToken);

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
}
