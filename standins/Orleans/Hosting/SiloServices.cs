using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Runtime;
using Orleans.Serialization;

namespace Orleans.StandIn;

/// <summary>The services that every silo has.</summary>
internal static class SiloServices
{
    public static void AddTo(IServiceCollection services)
    {
        if (services.Any(s => s.ServiceType == typeof(SiloRuntime))) return;
        services.AddLogging();
        services.AddOptions();
        services.AddSerializer();
        services.AddSingleton<GrainClasses>();
        services.AddSingleton<SiloRuntime>();
        services.AddSingleton<IClusterClient>(s => s.GetRequiredService<SiloRuntime>().GrainFactory);
        services.AddSingleton<IGrainFactory>(s => s.GetRequiredService<IClusterClient>());
        services.AddSingleton<IGrainContextAccessor, CurrentContext>();
        services.AddSingleton<ILocalSiloDetails, SiloDetails>();
        services.AddScoped(s => RuntimeContext.Current as IGrainContext ?? throw new InvalidOperationException("There is no current grain."));
        services.PostConfigure<SiloOptions>(options => options.SiloName ??= $"Silo_{Guid.NewGuid().ToString("N")[..5]}");
        services.AddHostedService<SiloHostedService>();
    }

    private sealed class CurrentContext : IGrainContextAccessor
    {
        public IGrainContext GrainContext => RuntimeContext.Current!;
    }

    private sealed class SiloDetails(IOptions<SiloOptions> silo, IOptions<ClusterOptions> cluster) : ILocalSiloDetails
    {
        public string Name => silo.Value.SiloName;

        public string ClusterId => cluster.Value.ClusterId;

        public string DnsHostName => Dns.GetHostName();
    }
}
