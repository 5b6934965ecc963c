using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Providers;
using Orleans.Runtime;
using Orleans.Storage;

namespace Orleans
{
    /// <summary>A state on its way between a grain and its storage.</summary>
    public interface IGrainState<T>
    {
        T? State { get; set; }

        string? ETag { get; set; }

        bool RecordExists { get; set; }
    }

    public sealed class GrainState<T> : IGrainState<T>
    {
        public GrainState()
        {
        }

        public GrainState(T? state) : this(state, null)
        {
        }

        public GrainState(T? state, string? eTag)
        {
            State = state;
            ETag = eTag;
        }

        public T? State { get; set; }

        public string? ETag { get; set; }

        public bool RecordExists { get; set; }
    }
}

namespace Orleans.Storage
{
    /// <summary>
    /// Keeps grain states. Registered as a keyed service under the name by which grains ask for it. Each method sets the given state's
    /// <c>ETag</c> and <c>RecordExists</c>; a write whose ETag is not the stored one throws <see cref="InconsistentStateException"/>.
    /// </summary>
    public interface IGrainStorage
    {
        Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState);

        Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState);

        Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState);
    }
}

namespace Orleans.Providers
{
    /// <summary>The names of providers that are asked for without one.</summary>
    public static class ProviderConstants
    {
        public const string DEFAULT_STORAGE_PROVIDER_NAME = "Default";
    }
}

namespace Orleans.Runtime.Hosting
{
    /// <summary>Registration of storage providers.</summary>
    public static class StorageProviderExtensions
    {
        /// <summary>Adds a provider under its name; the one named "Default" also serves states that name none.</summary>
        public static IServiceCollection AddGrainStorage<T>(
            this IServiceCollection collection, string name, Func<IServiceProvider, string, T> implementationFactory)
            where T : IGrainStorage
        {
            collection.AddKeyedSingleton<IGrainStorage>(name, (services, key) => implementationFactory(services, (string)key!));
            if (name == ProviderConstants.DEFAULT_STORAGE_PROVIDER_NAME)
                collection.TryAddSingleton(services => services.GetRequiredKeyedService<IGrainStorage>(name));
            if (typeof(T).IsAssignableTo(typeof(ILifecycleParticipant<ISiloLifecycle>)))
                collection.AddSingleton(services => (ILifecycleParticipant<ISiloLifecycle>)services.GetRequiredKeyedService<IGrainStorage>(name));
            return collection;
        }
    }
}
