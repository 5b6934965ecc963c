namespace Orleans.Core
{
    /// <summary>A grain's stored state, apart from its value.</summary>
    public interface IStorage
    {
        string? Etag { get; }

        /// <summary>Whether storage held the state when it was last read, written or cleared.</summary>
        bool RecordExists { get; }

        Task ClearStateAsync();

        Task WriteStateAsync();

        Task ReadStateAsync();

        Task ClearStateAsync(CancellationToken cancellationToken) => ClearStateAsync();

        Task WriteStateAsync(CancellationToken cancellationToken) => WriteStateAsync();

        Task ReadStateAsync(CancellationToken cancellationToken) => ReadStateAsync();
    }

    public interface IStorage<TState> : IStorage
    {
        TState State { get; set; }
    }
}

namespace Orleans.Runtime
{
    using Orleans.Core;

    /// <summary>A state that is read before <c>OnActivateAsync</c> and written when the grain says so.</summary>
    public interface IPersistentState<TState> : IStorage<TState>;

    /// <summary>Marks the constructor parameter that is an <see cref="IPersistentState{TState}"/>.</summary>
    /// <param name="stateName">The state's name beside others of the same grain.</param>
    /// <param name="storageName">The provider's name; null: the default provider.</param>
    [AttributeUsage(AttributeTargets.Parameter)]
    public class PersistentStateAttribute(string stateName, string? storageName = null) : Attribute
    {
        public string StateName { get; } = stateName;

        public string? StorageName { get; } = storageName;
    }
}
