namespace Orleans.StandIn;

/// <summary>What one copy has met so far, so that two references to one object become two references to one copy.</summary>
internal sealed class CopyContext
{
    private Dictionary<object, object>? _copies;

    public object? Find(object original) => _copies?.GetValueOrDefault(original);

    public void Record(object original, object copy) => (_copies ??= new(ReferenceEqualityComparer.Instance))[original] = copy;
}

/// <summary>Copies values of one type.</summary>
internal abstract class TypeCopier
{
    public abstract object Copy(object value, CopyContext context);

    /// <summary>As <see cref="Copy"/>, but each object once.</summary>
    public object CopyTracked(object value, CopyContext context)
    {
        if (value.GetType().IsValueType) return Copy(value, context);
        if (context.Find(value) is { } known) return known;
        var copy = Copy(value, context);
        context.Record(value, copy);
        return copy;
    }
}

/// <summary>For types whose values cannot change: the value is its own copy.</summary>
internal sealed class ShallowCopier : TypeCopier
{
    public static readonly ShallowCopier Instance = new();

    public override object Copy(object value, CopyContext context) => value;
}
