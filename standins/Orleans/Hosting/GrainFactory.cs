using Orleans.Runtime;

namespace Orleans.StandIn;

/// <inheritdoc cref="IGrainFactory"/>
internal sealed class GrainFactory(SiloRuntime runtime) : IClusterClient
{
    public IServiceProvider ServiceProvider => runtime.Services;

    public T GetGrain<T>(string primaryKey, string? grainClassNamePrefix = null) where T : IGrainWithStringKey
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(primaryKey);
        return Refer<T>(IdSpan.Create(primaryKey), grainClassNamePrefix);
    }

    public T GetGrain<T>(long primaryKey, string? grainClassNamePrefix = null) where T : IGrainWithIntegerKey
        => Refer<T>(GrainIdKeyExtensions.CreateIntegerKey(primaryKey), grainClassNamePrefix);

    public T GetGrain<T>(Guid primaryKey, string? grainClassNamePrefix = null) where T : IGrainWithGuidKey
        => Refer<T>(GrainIdKeyExtensions.CreateGuidKey(primaryKey), grainClassNamePrefix);

    public T GetGrain<T>(long primaryKey, string keyExtension, string? grainClassNamePrefix = null) where T : IGrainWithIntegerCompoundKey
        => Refer<T>(GrainIdKeyExtensions.CreateIntegerKey(primaryKey, NotBlank(keyExtension)), grainClassNamePrefix);

    public T GetGrain<T>(Guid primaryKey, string keyExtension, string? grainClassNamePrefix = null) where T : IGrainWithGuidCompoundKey
        => Refer<T>(GrainIdKeyExtensions.CreateGuidKey(primaryKey, NotBlank(keyExtension)), grainClassNamePrefix);

    public T GetGrain<T>(GrainId grainId) where T : IAddressable => (T)(object)runtime.Interfaces.For(typeof(T)).Refer(runtime, grainId);

    private T Refer<T>(IdSpan key, string? prefix) => (T)(object)runtime.Interfaces.For(typeof(T)).Refer(runtime, key, prefix);

    private static string NotBlank(string keyExtension)
        => string.IsNullOrWhiteSpace(keyExtension) ? throw new ArgumentException("Key extension is empty or white space.", nameof(keyExtension)) : keyExtension;
}
