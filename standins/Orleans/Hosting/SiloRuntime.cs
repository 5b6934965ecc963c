using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Runtime;

namespace Orleans.StandIn;

/// <summary>The parts of one silo, for each other.</summary>
internal sealed class SiloRuntime : IDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationTokenSource _killed = new();
    private volatile string? _closed = "The silo has not started.";

    public SiloRuntime(
        IServiceProvider services,
        DeepCopier copier,
        GrainClasses classes,
        ILoggerFactory logs,
        IOptions<SiloMessagingOptions> messaging,
        IOptions<GrainCollectionOptions> collection)
    {
        Services = services;
        Time = services.GetService<TimeProvider>() ?? TimeProvider.System;
        Log = logs.CreateLogger("Orleans.Silo");
        Interfaces = new GrainInterfaces(copier, classes);
        Catalog = new GrainCatalog(this);
        GrainFactory = new GrainFactory(this);
        Collection = collection.Value;
        ResponseTimeout = messaging.Value.ResponseTimeout;
        CancelRequestOnTimeout = messaging.Value.CancelRequestOnTimeout;
        Pending = new PendingCalls(ResponseTimeout);
        Collector = new IdleCollector(this, Collection, Log);
    }

    public IServiceProvider Services { get; }

    public TimeProvider Time { get; }

    public ILogger Log { get; }

    public GrainInterfaces Interfaces { get; }

    public GrainCatalog Catalog { get; }

    public GrainFactory GrainFactory { get; }

    public GrainCollectionOptions Collection { get; }

    public IdleCollector Collector { get; }

    public PendingCalls Pending { get; }

    public TimeSpan ResponseTimeout { get; }

    public bool CancelRequestOnTimeout { get; }

    /// <summary>The incoming call filters, in the order of their registration.</summary>
    public IIncomingGrainCallFilter[] Filters => field ??= [.. Services.GetServices<IIncomingGrainCallFilter>()];

    /// <summary>Why no grain is activated and no call from outside is taken; null while all are.</summary>
    public string? WhyClosed => _closed;

    /// <summary>No call is taken at all.</summary>
    public bool IsStopped { get; private set; } = true;

    /// <summary>Cancelled when the silo begins to stop.</summary>
    public CancellationToken Stopping => _stopping.Token;

    /// <summary>Cancelled when the host waits no longer for a graceful stop.</summary>
    public CancellationToken Killed => _killed.Token;

    public void Open()
    {
        IsStopped = false;
        _closed = null;
        Collector.Start();
    }

    /// <summary>From here on only the grains that live call each other.</summary>
    public void BeginStop()
    {
        _closed = "The silo is shutting down.";
        _stopping.Cancel();
        Collector.Dispose();
    }

    /// <summary>No call is taken any more and none is left unanswered.</summary>
    public void Stopped()
    {
        IsStopped = true;
        _killed.Cancel();
        Pending.RejectAll(call => new SiloUnavailableException($"The local Orleans host is shutting down and can no longer process the request: {call}."));
    }

    public void Dispose()
    {
        Pending.Dispose();
        Collector.Dispose();
        _stopping.Dispose();
        _killed.Dispose();
    }
}
