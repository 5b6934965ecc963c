using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;
using Orleans.StandIn;

namespace Orleans.Configuration
{
    /// <summary>The membership table of a cluster in a relational database.</summary>
    public class AdoNetClusteringSiloOptions
    {
        public string? ConnectionString { get; set; }

        /// <summary>Name by which the provider finds the database's driver.</summary>
        public string Invariant { get; set; } = null!;
    }
}

namespace Orleans.Hosting
{
    /// <summary>Microsoft.Orleans.Clustering.AdoNet. Its options are kept; the silo does not start.</summary>
    public static class AdoNetHostingExtensions
    {
        public static ISiloBuilder UseAdoNetClustering(this ISiloBuilder builder, Action<AdoNetClusteringSiloOptions> configureOptions)
        {
            builder.Services.Configure(configureOptions);
            return builder.ConfigureServices(services => services.AddSingleton(new ClusterOfMany("Microsoft.Orleans.Clustering.AdoNet")));
        }
    }

    /// <summary>Microsoft.Orleans.Hosting.Kubernetes. The silo does not start.</summary>
    public static class KubernetesHostingExtensions
    {
        public static ISiloBuilder UseKubernetesHosting(this ISiloBuilder siloBuilder)
            => siloBuilder.ConfigureServices(services => services.AddSingleton(new ClusterOfMany("Microsoft.Orleans.Hosting.Kubernetes")));
    }
}

namespace Orleans.StandIn
{
    /// <summary>A cluster was asked for, which takes the package.</summary>
    internal sealed record ClusterOfMany(string Package);
}
