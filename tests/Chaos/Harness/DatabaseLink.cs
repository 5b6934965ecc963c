using System.Net.Sockets;

namespace ViViT.Chaos;

/// <summary>What lies between the silo and its database: a unix socket that leads to the server's own, and can be cut, refuse or stand still.</summary>
internal sealed class DatabaseLink : IAsyncDisposable
{
    private const string SocketName = ".s.PGSQL.5432";

    private readonly string server;
    private readonly Socket listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly Lock gate = new();
    private readonly HashSet<Socket> open = [];
    private readonly Task accepting;
    private TaskCompletionSource flowing = Done();
    private bool refusing;

    /// <param name="folder">Of the socket that the silo is told.</param>
    /// <param name="server">Folder of the server's socket.</param>
    public DatabaseLink(string folder, string server)
    {
        this.server = Path.Combine(server, SocketName);
        Directory.CreateDirectory(folder);
        listener.Bind(new UnixDomainSocketEndPoint(Path.Combine(folder, SocketName)));
        listener.Listen(100);
        accepting = Accept();
    }

    /// <summary>Ends every connection, in the middle of whatever it carries, and refuses new ones for a while.</summary>
    public async Task Cut(TimeSpan time)
    {
        lock (gate)
        {
            refusing = true;
            foreach (var socket in open) socket.Dispose();
        }

        await Task.Delay(time);
        lock (gate)
        {
            refusing = false;
        }
    }

    /// <summary>For a while nothing gets through in either direction, and nobody is told.</summary>
    public async Task Stall(TimeSpan time)
    {
        lock (gate)
        {
            if (!flowing.Task.IsCompleted) return;
            flowing = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        await Task.Delay(time);
        lock (gate)
        {
            flowing.TrySetResult();
        }
    }

    public async ValueTask DisposeAsync()
    {
        listener.Dispose();
        await accepting;
        lock (gate)
        {
            flowing.TrySetResult();
            foreach (var socket in open) socket.Dispose();
        }
    }

    private async Task Accept()
    {
        while (true)
        {
            Socket client;
            try
            {
                client = await listener.AcceptAsync();
            }
            catch (Exception closed) when (closed is SocketException or ObjectDisposedException)
            {
                return;
            }

            _ = Carry(client);
        }
    }

    private async Task Carry(Socket client)
    {
        using var upstream = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            lock (gate)
            {
                if (refusing) return;
                open.Add(client);
                open.Add(upstream);
            }

            await upstream.ConnectAsync(new UnixDomainSocketEndPoint(server));
            await Task.WhenAny(Pump(client, upstream), Pump(upstream, client));
        }
        catch (Exception cut) when (cut is SocketException or ObjectDisposedException)
        {
            // The server is away, or the link was cut: the client sees its connection end.
        }
        finally
        {
            lock (gate)
            {
                open.Remove(client);
                open.Remove(upstream);
            }

            client.Dispose();
        }
    }

    private async Task Pump(Socket from, Socket to)
    {
        var buffer = new byte[64 << 10];
        try
        {
            while (await from.ReceiveAsync(buffer) is > 0 and var count)
            {
                await Flowing();
                for (var sent = 0; sent < count;) sent += await to.SendAsync(buffer.AsMemory(sent, count - sent));
            }
        }
        catch (Exception cut) when (cut is SocketException or ObjectDisposedException)
        {
            // The other direction ends with it.
        }
    }

    private Task Flowing()
    {
        lock (gate)
        {
            return flowing.Task;
        }
    }

    private static TaskCompletionSource Done()
    {
        var done = new TaskCompletionSource();
        done.SetResult();
        return done;
    }
}
