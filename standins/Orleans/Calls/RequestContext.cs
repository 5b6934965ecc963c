using Orleans.StandIn;

namespace Orleans.Runtime;

/// <summary>Values that travel with a call to the grain it is made to, and on with that grain's own calls. Nothing travels back.</summary>
public static class RequestContext
{
    private const string ReentrancyKey = "#CCR";
    private static readonly AsyncLocal<Dictionary<string, object>?> s_values = new();

    /// <summary>Names the call chain that may re-enter its grains; empty: none may.</summary>
    public static Guid ReentrancyId
    {
        get => Get(ReentrancyKey) is Guid id ? id : Guid.Empty;
        set
        {
            if (value == Guid.Empty) Remove(ReentrancyKey);
            else Set(ReentrancyKey, value);
        }
    }

    public static IEnumerable<string> Keys => s_values.Value?.Keys ?? Enumerable.Empty<string>();

    public static IEnumerable<KeyValuePair<string, object>> Entries => s_values.Value ?? Enumerable.Empty<KeyValuePair<string, object>>();

    public static object? Get(string key) => s_values.Value?.GetValueOrDefault(key);

    public static void Set(string key, object value) => s_values.Value = new(s_values.Value ?? []) { [key] = value };

    public static bool Remove(string key)
    {
        if (s_values.Value is not { } values || !values.ContainsKey(key)) return false;
        var left = new Dictionary<string, object>(values);
        left.Remove(key);
        s_values.Value = left.Count == 0 ? null : left;
        return true;
    }

    public static void Clear()
    {
        if (s_values.Value is not null) s_values.Value = null;
    }

    /// <summary>Until disposed, calls made from here may re-enter this grain along their chain.</summary>
    public static ReentrancySection AllowCallChainReentrancy()
    {
        var original = ReentrancyId;
        return new ReentrancySection(original, original == Guid.Empty ? Guid.NewGuid() : original);
    }

    public static ReentrancySection SuppressCallChainReentrancy() => new(ReentrancyId, Guid.Empty);

    /// <summary>The values as they are now; never changed in place, so that they may be shared.</summary>
    internal static Dictionary<string, object>? Export() => s_values.Value;

    internal static void Import(Dictionary<string, object>? values)
    {
        if (values is not null || s_values.Value is not null) s_values.Value = values;
    }

    /// <summary>Restores the chain that was in force before.</summary>
    public readonly struct ReentrancySection : IDisposable
    {
        private readonly Guid _original;
        private readonly Guid _entered;

        public ReentrancySection(Guid originalReentrancyId, Guid newReentrancyId)
        {
            _original = originalReentrancyId;
            _entered = newReentrancyId;
            ReentrancyId = newReentrancyId;
            if (_entered != Guid.Empty) StandIn.RuntimeContext.Current?.EnterReentrantSection(_entered);
        }

        public void Dispose()
        {
            if (_entered != Guid.Empty) StandIn.RuntimeContext.Current?.LeaveReentrantSection(_entered);
            ReentrancyId = _original;
        }
    }
}
