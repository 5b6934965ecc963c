using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;
using Orleans.Storage;

namespace Orleans.StandIn;

/// <summary>Makes the states that grain constructors ask for.</summary>
internal static class PersistentStates
{
    /// <exception cref="ArgumentException">The parameter has another type than <see cref="IPersistentState{TState}"/>.</exception>
    public static Func<Activation, object> Maker(ParameterInfo parameter)
    {
        if (!parameter.ParameterType.IsGenericType || parameter.ParameterType.GetGenericTypeDefinition() != typeof(IPersistentState<>))
        {
            throw new ArgumentException(
                $"Parameter '{parameter.Name}' on the constructor for '{parameter.Member.DeclaringType}' has an unsupported type, '{parameter.ParameterType}'. "
                + $"It must be an instance of generic type '{typeof(IPersistentState<>)}' because it has an associated [PersistentState(...)] attribute.",
                parameter.Name);
        }

        var attribute = parameter.GetCustomAttribute<PersistentStateAttribute>()!;
        var name = string.IsNullOrEmpty(attribute.StateName) ? parameter.Name! : attribute.StateName;
        var type = typeof(PersistentState<>).MakeGenericType(parameter.ParameterType.GetGenericArguments());
        return activation => Activator.CreateInstance(type, name, activation, Provider(activation, attribute.StorageName))!;
    }

    private static IGrainStorage Provider(Activation activation, string? name)
    {
        var services = activation.ActivationServices;
        if (string.IsNullOrWhiteSpace(name))
        {
            return services.GetService<IGrainStorage>()
                ?? throw new BadProviderConfigException($"No default storage provider found loading grain type {activation.GrainId.Type}.");
        }

        return services.GetKeyedService<IGrainStorage>(name)
            ?? throw new BadProviderConfigException($"No storage provider named \"{name}\" found loading grain type {activation.GrainId.Type}.");
    }
}

/// <inheritdoc cref="IPersistentState{TState}"/>
internal sealed partial class PersistentState<TState> : IPersistentState<TState>, ILifecycleObserver
{
    private readonly string _name;
    private readonly Activation _activation;
    private readonly IGrainStorage _storage;
    private readonly GrainState<TState> _state = new(Create());
    private bool _read;

    public PersistentState(string name, Activation activation, IGrainStorage storage)
    {
        _name = name;
        _activation = activation;
        _storage = storage;
        activation.ObservableLifecycle.Subscribe(name, GrainLifecycleStage.SetupState, this);
    }

    public TState State
    {
        get
        {
            RuntimeContext.Check();
            return _state.State!;
        }

        set
        {
            RuntimeContext.Check();
            _state.State = value;
        }
    }

    public string? Etag => _state.ETag;

    public bool RecordExists => _read ? _state.RecordExists : throw new InvalidOperationException("State has not yet been loaded");

    public Task OnStart(CancellationToken cancellationToken = default) => ReadStateAsync();

    public Task OnStop(CancellationToken cancellationToken = default) => Task.CompletedTask;

    public async Task ReadStateAsync()
    {
        await Do(nameof(ReadStateAsync), _storage.ReadStateAsync);
        _read = true;
    }

    public Task WriteStateAsync() => Do(nameof(WriteStateAsync), _storage.WriteStateAsync);

    public Task ClearStateAsync() => Do(nameof(ClearStateAsync), _storage.ClearStateAsync);

    /// <summary>Errors of a provider reach the grain as they are if they are Orleans' own, else wrapped.</summary>
    private async Task Do(string operation, Func<string, GrainId, IGrainState<TState>, Task> action)
    {
        RuntimeContext.Check();
        try
        {
            await action(_name, _activation.GrainId, _state);
        }
        catch (Exception error)
        {
            var provider = _storage.GetType().Name;
            Failed(_activation.Runtime.Log, error, provider, _name, operation, _activation.GrainId);
            if (error is OrleansException) ExceptionDispatchInfo.Throw(error);
            throw new OrleansException(
                $"Error from storage provider {provider}.{_name} during {operation} for grain {_activation.GrainId}{Environment.NewLine} {error}", error);
        }
    }

    /// <summary>
    /// The value while storage holds none: of the public parameterless constructor where there is one, else an object whose constructor
    /// never ran. Check <see cref="RecordExists"/> before use.
    /// </summary>
    private static TState Create()
        => typeof(TState).GetConstructor(Type.EmptyTypes) is not null ? Activator.CreateInstance<TState>()
            : (TState)RuntimeHelpers.GetUninitializedObject(typeof(TState));

    [LoggerMessage(LogLevel.Error, "Error from storage provider {Provider}.{StateName} during {Operation} for grain {GrainId}")]
    private static partial void Failed(ILogger log, Exception error, string provider, string stateName, string operation, GrainId grainId);
}
