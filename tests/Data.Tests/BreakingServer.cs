using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ViViT.Data.Tests;

/// <summary>An HTTP server that breaks its first answer off, in an orderly way or by a reset, and answers ranges after that.</summary>
internal sealed class BreakingServer : IDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly byte[] content;
    private readonly int breakAt;
    private readonly bool reset;

    public BreakingServer(byte[] content, int breakAt, bool reset)
    {
        (this.content, this.breakAt, this.reset) = (content, breakAt, reset);
        listener.Start();
        _ = Task.Run(Answer);
    }

    public Uri Url => new($"http://{listener.LocalEndpoint}/set.npz");

    /// <summary>What was asked for after the break.</summary>
    public List<string> Ranges { get; } = [];

    public void Dispose() => listener.Dispose();

    private async Task Answer()
    {
        for (var first = true; ; first = false)
        {
            Socket socket;
            try
            {
                socket = await listener.AcceptSocketAsync();
            }
            catch (Exception closed) when (closed is SocketException or ObjectDisposedException)
            {
                return;
            }

            using (socket)
            {
                var range = await RangeOf(socket);
                if (first)
                {
                    await Send(socket, $"HTTP/1.1 200 OK\r\nContent-Length: {content.Length}\r\n\r\n", content.AsMemory(0, breakAt));
                    await Task.Delay(100); // what was sent arrives before the reset overtakes it
                    socket.LingerState = new LingerOption(reset, 0);
                    continue;
                }

                Ranges.Add(range);
                var from = int.Parse(range["bytes=".Length..^1], CultureInfo.InvariantCulture);
                await Send(socket, $"HTTP/1.1 206 Partial Content\r\nContent-Length: {content.Length - from}\r\nContent-Range: bytes {from}-{content.Length - 1}/{content.Length}\r\n\r\n", content.AsMemory(from));
                socket.Shutdown(SocketShutdown.Send);
            }
        }
    }

    private static async Task<string> RangeOf(Socket socket)
    {
        var buffer = new byte[8192];
        var length = 0;
        while (!buffer.AsSpan(0, length).EndsWith("\r\n\r\n"u8)) length += await socket.ReceiveAsync(buffer.AsMemory(length));
        var line = Encoding.ASCII.GetString(buffer, 0, length).Split("\r\n").FirstOrDefault(header => header.StartsWith("Range: ", StringComparison.OrdinalIgnoreCase));
        return line?["Range: ".Length..] ?? "";
    }

    private static async Task Send(Socket socket, string head, ReadOnlyMemory<byte> body)
    {
        await socket.SendAsync(Encoding.ASCII.GetBytes(head));
        for (var sent = 0; sent < body.Length;) sent += await socket.SendAsync(body[sent..]);
    }
}
