using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using ViViT.Contracts.Configuration;

namespace ViViT.Cli.LocalCluster;

/// <summary>The process behind <c>vivit up</c>: starts PostgreSQL, silo and worker, starts each again when it dies, ends them in the right order.</summary>
internal sealed class Supervisor(StateFolder folder, TimeProvider time)
{
    /// <summary>Runs until <paramref name="stop"/>.</summary>
    /// <returns>The exit code: 0 after a clean stop, 1 when another supervisor serves this folder.</returns>
    public async Task<int> Run(string startedBy, CancellationToken stop)
    {
        folder.Create();
        await using var held = folder.TryLock();
        if (held is null)
        {
            Log("another supervisor serves this folder");
            return 1;
        }

        var before = StackRecord.Read(folder);
        var addresses = Addresses(before?.Server, before?.SiloManagement, before?.WorkerManagement);
        var (server, siloManagement, workerManagement) = (addresses[0], addresses[1], addresses[2]);
        new StackRecord(ProcessIdentity.Of(Environment.ProcessId)!, server, siloManagement, workerManagement, startedBy).Write(folder);
        try
        {
            await EndLeftovers(folder, stop);
            var (postgres, connectionString) = await Database(stop);
            await KeepRunning([Worker(server, workerManagement), Silo(server, siloManagement, connectionString), .. postgres], stop);
        }
        finally
        {
            File.Delete(folder.StackFile);
        }

        return 0;
    }

    // In the order in which they must end: the worker checkpoints and hands its leases back while the silo still listens, the silo
    // writes while the database still runs.
    private async Task KeepRunning(IReadOnlyList<ChildCommand> commands, CancellationToken stop)
    {
        var children = commands.Select(command =>
        {
            var cancel = new CancellationTokenSource();
            return (Cancel: cancel, Ended: new ChildProcess(command, folder, Log, time).KeepRunning(cancel.Token));
        }).ToArray();
        await Task.WhenAny([Task.Delay(Timeout.Infinite, stop), .. children.Select(child => child.Ended)]);
        foreach (var (cancel, ended) in children)
        {
            await cancel.CancelAsync();
            await ended.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancel.Dispose();
        }

        await Task.WhenAll(children.Select(child => child.Ended));
    }

    /// <summary>The programs of the stack that an earlier supervisor, killed, may have left behind.</summary>
    public static async Task EndLeftovers(StateFolder folder, CancellationToken cancellation)
    {
        foreach (var (name, signal) in ((string, PosixSignal)[])[("worker", PosixSignal.SIGTERM), ("silo", PosixSignal.SIGTERM), ("postgres", PosixSignal.SIGINT)])
        {
            await ChildProcess.EndLeftover(new ChildCommand(name, [], new Dictionary<string, string>(), signal, TimeSpan.FromSeconds(30)), folder, cancellation);
        }
    }

    private async Task<(ChildCommand[] Server, string ConnectionString)> Database(CancellationToken stop)
    {
        if (CliSettings.Values.TryGet(Settings.Postgres, out var existing)) return ([], existing!);
        var postgres = new PrivatePostgres(folder);
        await postgres.Initialise(Log, stop);
        return ([postgres.Command()], postgres.ConnectionString);
    }

    private ChildCommand Silo(Uri server, Uri management, string connectionString) => new("silo", [Executables.OfThisBuild("Silo")],
        new Dictionary<string, string>
        {
            [Settings.Postgres.Variable] = connectionString,
            [Settings.Listen.Variable] = server.GetLeftPart(UriPartial.Authority),
            [Settings.Management.Variable] = management.GetLeftPart(UriPartial.Authority),
            [Settings.TokenFile.Variable] = folder.TokenFile,
        },
        PosixSignal.SIGTERM, TimeSpan.FromSeconds(20));

    private ChildCommand Worker(Uri server, Uri management) => new("worker", [Executables.OfThisBuild("Worker"), "agent"],
        new Dictionary<string, string>
        {
            [Settings.Server.Variable] = server.GetLeftPart(UriPartial.Authority),
            [Settings.Management.Variable] = management.GetLeftPart(UriPartial.Authority),
            [Settings.TokenFile.Variable] = folder.TokenFile,
            [Settings.Checkpoints.Variable] = folder.Checkpoints,
        },
        PosixSignal.SIGTERM, TimeSpan.FromSeconds(30));

    private void Log(string message) => Console.Error.WriteLine($"{time.GetUtcNow():yyyy-MM-dd HH:mm:ss} {message}");

    // The ones of the last time where nobody took them meanwhile. All are held at once, so that no two are the same.
    private static Uri[] Addresses(params Uri?[] before)
    {
        var held = before.Select(address => (address is null ? null : Listen(address.Port)) ?? Listen(port: 0)!).ToArray();
        Uri[] addresses = [.. held.Select(listener => new Uri($"http://{listener.LocalEndpoint}"))];
        foreach (var listener in held) listener.Dispose();
        return addresses;
    }

    private static TcpListener? Listen(int port)
    {
        var listener = new TcpListener(IPAddress.Loopback, port);
        try
        {
            listener.Start();
            return listener;
        }
        catch (SocketException) when (port > 0)
        {
            listener.Dispose();
            return null;
        }
    }
}
