using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Orleans.StandIn;

namespace Orleans.Serialization
{
    /// <summary>What serializers are added to.</summary>
    public interface ISerializerBuilder
    {
        IServiceCollection Services { get; }
    }

    /// <summary>How the JSON serializer writes, and which types it takes.</summary>
    public class JsonCodecOptions
    {
        public JsonSerializerOptions SerializerOptions { get; set; } = new();

        public Func<Type, bool?>? IsSerializableType { get; set; }

        public Func<Type, bool?>? IsCopyableType { get; set; }
    }

    /// <summary>Adds System.Text.Json as a serializer for chosen types.</summary>
    public static class SerializationHostingExtensions
    {
        public static ISerializerBuilder AddJsonSerializer(
            this ISerializerBuilder serializerBuilder, Func<Type, bool>? isSupported, JsonSerializerOptions? jsonSerializerOptions = null)
            => serializerBuilder.AddJsonSerializer(isSupported, isSupported, options => options.Configure(o =>
            {
                if (jsonSerializerOptions is not null) o.SerializerOptions = jsonSerializerOptions;
            }));

        public static ISerializerBuilder AddJsonSerializer(
            this ISerializerBuilder serializerBuilder,
            Func<Type, bool>? isSerializable,
            Func<Type, bool>? isCopyable,
            Action<OptionsBuilder<JsonCodecOptions>>? configureOptions = null)
        {
            ArgumentNullException.ThrowIfNull(serializerBuilder);
            configureOptions?.Invoke(serializerBuilder.Services.AddOptions<JsonCodecOptions>());
            serializerBuilder.Services.AddSingleton(services =>
            {
                var options = services.GetRequiredService<IOptions<JsonCodecOptions>>();
                return new JsonCopier(
                    type => isCopyable?.Invoke(type) is true || options.Value.IsCopyableType?.Invoke(type) is true, () => options.Value.SerializerOptions);
            });
            return serializerBuilder;
        }
    }
}

namespace Orleans.Serialization
{
    /// <summary>The serializer of grain calls.</summary>
    public static class ServiceCollectionExtensions
    {
        public static IServiceCollection AddSerializer(this IServiceCollection services, Action<ISerializerBuilder>? configure = null)
        {
            services.TryAddSingleton<DeepCopier>();
            configure?.Invoke(new Builder(services));
            return services;
        }

        private sealed class Builder(IServiceCollection services) : ISerializerBuilder
        {
            public IServiceCollection Services => services;
        }
    }
}
