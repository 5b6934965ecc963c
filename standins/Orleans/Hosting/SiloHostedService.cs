using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Runtime;

namespace Orleans.StandIn;

/// <summary>Starts the silo with its host and stops it with it: first reminders and other services, then every grain.</summary>
internal sealed partial class SiloHostedService(
    SiloRuntime runtime,
    IServiceProvider services,
    ILocalSiloDetails details,
    IOptions<ClusterOptions> cluster,
    IOptions<GrainCollectionOptions> collection,
    ILogger<SiloHostedService> log) : IHostedService
{
    private readonly Lifecycle _lifecycle = new();

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        Validate();
        foreach (var participant in services.GetServices<ILifecycleParticipant<ISiloLifecycle>>()) participant.Participate(_lifecycle);
        _lifecycle.Subscribe("Grains", ServiceLifecycleStage.RuntimeGrainServices, Open, _ => Task.CompletedTask);
        _lifecycle.Subscribe("GrainDeactivation", ServiceLifecycleStage.GrainDeactivation, _ => Task.CompletedTask, DeactivateGrains);
        _lifecycle.Subscribe("Close", ServiceLifecycleStage.BecomeActive, _ => Task.CompletedTask, Close);
        try
        {
            await _lifecycle.Start(cancellationToken);
        }
        catch
        {
            await StopAsync(cancellationToken);
            throw;
        }

        Started(details.Name, cluster.Value.ServiceId, cluster.Value.ClusterId);
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _lifecycle.Stop(cancellationToken);
        }
        finally
        {
            runtime.Stopped();
        }

        SiloStopped(details.Name);
    }

    private Task Open(CancellationToken cancellationToken)
    {
        runtime.Open();
        return Task.CompletedTask;
    }

    private Task Close(CancellationToken cancellationToken)
    {
        runtime.BeginStop();
        return Task.CompletedTask;
    }

    private async Task DeactivateGrains(CancellationToken cancellationToken)
    {
        try
        {
            await runtime.Catalog.DeactivateAll(
                new DeactivationReason(DeactivationReasonCode.ShuttingDown, "This process is terminating."), cancellationToken);
        }
        catch (OperationCanceledException)
        {
            GrainsLeft(runtime.Catalog.Activations.Count());
        }
    }

    private void Validate()
    {
        if (services.GetServices<ClusterOfMany>().ToArray() is { Length: > 0 } asked)
        {
            throw new OrleansConfigurationException(
                $"A cluster of silos takes {string.Join(" and ", asked.Select(one => one.Package))} and Microsoft.Orleans.Server; this build has a stand-in instead, one silo in one process. "
                + "Build where the package feed has them, with UseStandIns=false, or run one silo with localhost clustering.");
        }

        if (services.GetService<Clustering>() is null)
        {
            throw new OrleansConfigurationException(
                "Clustering has not been configured. Configure clustering using one of the clustering packages; this stand-in for "
                + "Microsoft.Orleans.Server runs a single silo and knows only ISiloBuilder.UseLocalhostClustering().");
        }

        if (string.IsNullOrWhiteSpace(cluster.Value.ClusterId) || string.IsNullOrWhiteSpace(cluster.Value.ServiceId))
            throw new OrleansConfigurationException("ClusterOptions.ClusterId and ClusterOptions.ServiceId must not be empty.");
        var (quantum, age) = (collection.Value.CollectionQuantum, collection.Value.CollectionAge);
        if (quantum <= TimeSpan.Zero) throw new OrleansConfigurationException($"GrainCollectionOptions.CollectionQuantum ({quantum}) must be positive.");
        if (age <= quantum)
        {
            throw new OrleansConfigurationException(
                $"GrainCollectionOptions.CollectionAge ({age}) must be greater than GrainCollectionOptions.CollectionQuantum ({quantum}).");
        }

        foreach (var (name, own) in collection.Value.ClassSpecificCollectionAge.Where(a => a.Value <= quantum))
        {
            throw new OrleansConfigurationException(
                $"GrainCollectionOptions.ClassSpecificCollectionAge of {name} ({own}) must be greater than GrainCollectionOptions.CollectionQuantum ({quantum}).");
        }
    }

    [LoggerMessage(LogLevel.Information, "Silo {Name} started (service {ServiceId}, cluster {ClusterId}).")]
    private partial void Started(string name, string serviceId, string clusterId);

    [LoggerMessage(LogLevel.Information, "Silo {Name} stopped.")]
    private partial void SiloStopped(string name);

    [LoggerMessage(LogLevel.Warning, "The host waits no longer: {Count} grains are left as they are.")]
    private partial void GrainsLeft(int count);
}
