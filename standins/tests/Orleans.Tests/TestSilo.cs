using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans;
using Orleans.Hosting;
using Orleans.Runtime;
using Orleans.Serialization;

namespace OrleansSemantics;

/// <summary>A host with one silo, and the notes that its grains leave for the test.</summary>
internal sealed class TestSilo : IAsyncDisposable
{
    private readonly IHost _host;

    private TestSilo(IHost host) => _host = host;

    public IGrainFactory Grains => _host.Services.GetRequiredService<IGrainFactory>();

    public IServiceProvider Services => _host.Services;

    public Notes Notes => _host.Services.GetRequiredService<Notes>();

    public static async Task<TestSilo> Start(Action<ISiloBuilder>? configure = null, Notes? notes = null)
    {
        var silo = new TestSilo(Build(configure, notes));
        await silo._host.StartAsync(TestContext.Current.CancellationToken);
        return silo;
    }

    public static IHost Build(Action<ISiloBuilder>? configure = null, Notes? notes = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.SetMinimumLevel(LogLevel.None);
        builder.Services.AddSingleton(notes ?? new Notes());
        builder.UseOrleans(silo =>
        {
            var ports = FreePorts();
            silo.UseLocalhostClustering(ports[0], ports[1]);
            silo.Services.AddSerializer(s => s.AddJsonSerializer(isSupported: type => type.IsDefined(typeof(AsJsonAttribute), true)));
            configure?.Invoke(silo);
        });
        return builder.Build();
    }

    public async Task Stop() => await _host.StopAsync(CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync(CancellationToken.None);
        _host.Dispose();
    }

    private static int[] FreePorts()
    {
        TcpListener[] listeners = [new(IPAddress.Loopback, 0), new(IPAddress.Loopback, 0)];
        foreach (var listener in listeners) listener.Start();
        int[] ports = [.. listeners.Select(l => ((IPEndPoint)l.LocalEndpoint).Port)];
        foreach (var listener in listeners) listener.Dispose();
        return ports;
    }
}

/// <summary>Marks the types that cross calls as JSON.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct)]
internal sealed class AsJsonAttribute : Attribute;

/// <summary>What grains tell a test beside their answers: notes in order, and gates that hold them until the test opens them.</summary>
internal sealed class Notes
{
    private readonly ConcurrentQueue<string> _notes = new();
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _gates = new();

    public IReadOnlyList<string> All => [.. _notes];

    public void Add(string note)
    {
        _notes.Enqueue(note);
        Gate(note).TrySetResult();
    }

    public int Count(string note) => _notes.Count(n => n == note);

    /// <summary>Waits until the note has been left, or the gate opened.</summary>
    public Task Wait(string note) => Gate(note).Task.WaitAsync(TimeSpan.FromSeconds(20));

    public void Open(string gate) => Gate(gate).TrySetResult();

    private TaskCompletionSource Gate(string name) => _gates.GetOrAdd(name, _ => new(TaskCreationOptions.RunContinuationsAsynchronously));
}
