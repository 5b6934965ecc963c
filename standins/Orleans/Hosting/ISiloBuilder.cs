using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Orleans.Runtime;
using Orleans.StandIn;

namespace Orleans.Hosting
{
    /// <summary>What a silo is configured by.</summary>
    public interface ISiloBuilder
    {
        IServiceCollection Services { get; }

        IConfiguration Configuration { get; }
    }

    /// <summary>Options and services.</summary>
    public static class SiloBuilderExtensions
    {
        public static ISiloBuilder ConfigureServices(this ISiloBuilder builder, Action<IServiceCollection> configureDelegate)
        {
            ArgumentNullException.ThrowIfNull(builder);
            ArgumentNullException.ThrowIfNull(configureDelegate);
            configureDelegate(builder.Services);
            return builder;
        }

        public static ISiloBuilder Configure<TOptions>(this ISiloBuilder builder, Action<TOptions> configureOptions) where TOptions : class
            => builder.ConfigureServices(services => services.Configure(configureOptions));

        public static ISiloBuilder Configure<TOptions>(this ISiloBuilder builder, IConfiguration configuration) where TOptions : class
            => builder.ConfigureServices(services => services.AddOptions<TOptions>().Bind(configuration));

        public static ISiloBuilder ConfigureLogging(this ISiloBuilder builder, Action<ILoggingBuilder> configureLogging)
            => builder.ConfigureServices(services => services.AddLogging(configureLogging));
    }

    /// <summary>Clustering: here, a cluster of one.</summary>
    public static class CoreHostingExtensions
    {
        public static ISiloBuilder UseLocalhostClustering(
            this ISiloBuilder builder,
            int siloPort = EndpointOptions.DEFAULT_SILO_PORT,
            int gatewayPort = EndpointOptions.DEFAULT_GATEWAY_PORT,
            IPEndPoint? primarySiloEndpoint = null,
            string serviceId = "dev",
            string clusterId = "dev")
        {
            builder.Configure<EndpointOptions>(options => (options.AdvertisedIPAddress, options.SiloPort, options.GatewayPort) = (IPAddress.Loopback, siloPort, gatewayPort));
            builder.Configure<ClusterOptions>(options =>
            {
                var isDefault = serviceId == "dev" && clusterId == "dev";
                if (!isDefault || options.ServiceId == ClusterOptions.DefaultServiceId) options.ServiceId = serviceId;
                if (!isDefault || options.ClusterId == ClusterOptions.DefaultClusterId) options.ClusterId = clusterId;
            });
            return builder.ConfigureServices(services => services.AddSingleton<Clustering>());
        }
    }

    /// <summary>Endpoints, kept for whoever reads the options.</summary>
    public static class EndpointOptionsExtensions
    {
        public static ISiloBuilder ConfigureEndpoints(
            this ISiloBuilder builder, IPAddress advertisedIP, int siloPort, int gatewayPort, bool listenOnAnyHostAddress = false)
            => builder.Configure<EndpointOptions>(options =>
            {
                (options.AdvertisedIPAddress, options.SiloPort, options.GatewayPort) = (advertisedIP, siloPort, gatewayPort);
                if (!listenOnAnyHostAddress) return;
                options.SiloListeningEndpoint = new IPEndPoint(IPAddress.Any, siloPort);
                options.GatewayListeningEndpoint = new IPEndPoint(IPAddress.Any, gatewayPort);
            });

        public static ISiloBuilder ConfigureEndpoints(
            this ISiloBuilder builder,
            int siloPort,
            int gatewayPort,
            AddressFamily addressFamily = AddressFamily.InterNetwork,
            bool listenOnAnyHostAddress = false)
            => builder.ConfigureEndpoints(
                addressFamily is AddressFamily.InterNetworkV6 ? IPAddress.IPv6Loopback : IPAddress.Loopback, siloPort, gatewayPort, listenOnAnyHostAddress);
    }

    /// <summary>Filters around every call to a grain, in the order of their registration.</summary>
    public static class GrainCallFilterSiloBuilderExtensions
    {
        public static ISiloBuilder AddIncomingGrainCallFilter(this ISiloBuilder builder, IIncomingGrainCallFilter filter)
            => builder.ConfigureServices(services => services.AddSingleton(filter));

        public static ISiloBuilder AddIncomingGrainCallFilter(this ISiloBuilder builder, IncomingGrainCallFilterDelegate filter)
            => builder.ConfigureServices(services => services.AddSingleton<IIncomingGrainCallFilter>(new DelegateFilter(filter)));

        public static ISiloBuilder AddIncomingGrainCallFilter<TImplementation>(this ISiloBuilder builder)
            where TImplementation : class, IIncomingGrainCallFilter
            => builder.ConfigureServices(services => services.AddSingleton<IIncomingGrainCallFilter, TImplementation>());
    }

    /// <summary>Work at the silo's start, when grains can be called.</summary>
    public static class SiloBuilderStartupExtensions
    {
        public static ISiloBuilder AddStartupTask<TStartup>(this ISiloBuilder builder, int stage = ServiceLifecycleStage.Active)
            where TStartup : class, IStartupTask
            => builder.AddStartupTask((services, token) => ActivatorUtilities.GetServiceOrCreateInstance<TStartup>(services).Execute(token), stage);

        public static ISiloBuilder AddStartupTask(this ISiloBuilder builder, IStartupTask startupTask, int stage = ServiceLifecycleStage.Active)
            => builder.AddStartupTask((_, token) => startupTask.Execute(token), stage);

        public static ISiloBuilder AddStartupTask(
            this ISiloBuilder builder, Func<IServiceProvider, CancellationToken, Task> startupTask, int stage = ServiceLifecycleStage.Active)
            => builder.ConfigureServices(services => services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(s => new StartupTask(s, startupTask, stage)));
    }
}

namespace Orleans.Runtime
{
    public interface IStartupTask
    {
        Task Execute(CancellationToken cancellationToken);
    }

    /// <summary>The silo's own particulars.</summary>
    public interface ILocalSiloDetails
    {
        string Name { get; }

        string ClusterId { get; }

        string DnsHostName { get; }
    }
}

namespace Orleans.StandIn
{
    /// <summary>Stands for the choice of a clustering provider.</summary>
    internal sealed class Clustering;

    internal sealed class StartupTask(IServiceProvider services, Func<IServiceProvider, CancellationToken, Task> task, int stage)
        : ILifecycleParticipant<ISiloLifecycle>
    {
        public void Participate(ISiloLifecycle lifecycle) => lifecycle.Subscribe(nameof(StartupTask), stage, token => task(services, token));
    }
}
