namespace Orleans.StandIn;

/// <summary>Copies the elements of a collection, whose static type is <typeparamref name="T"/>.</summary>
internal readonly struct ElementCopier<T>(DeepCopier copier)
{
    private readonly TypeCopier? _copier = copier.ForDeclared(typeof(T));

    public bool Shares => _copier is null;

    public T Copy(T item, CopyContext context) => _copier is null || item is null ? item : (T)_copier.CopyTracked(item, context);
}

/// <summary>Copies a collection: its elements first, then the collection around them.</summary>
internal abstract class SequenceCopier<TCollection, T> : TypeCopier where TCollection : IEnumerable<T>
{
    // The elements' type may contain this collection's: it is looked up when the first value is copied.
    private readonly Lazy<ElementCopier<T>> _elements;

    protected SequenceCopier(DeepCopier copier) => _elements = new(() => new ElementCopier<T>(copier));

    public override object Copy(object value, CopyContext context)
    {
        var source = (TCollection)value;
        var items = source.ToArray();
        if (!_elements.Value.Shares)
        {
            for (var i = 0; i < items.Length; i++) items[i] = _elements.Value.Copy(items[i], context);
        }

        return Build(source, items)!;
    }

    /// <param name="source">What is copied.</param>
    /// <param name="items">The copied elements, in the order of their enumeration; not used by anyone else.</param>
    protected abstract TCollection Build(TCollection source, T[] items);
}

/// <summary>Copies a dictionary: keys and values first, then the dictionary around them.</summary>
internal abstract class MapCopier<TMap, TKey, TValue> : TypeCopier where TMap : IEnumerable<KeyValuePair<TKey, TValue>>
{
    private readonly Lazy<ElementCopier<TKey>> _keys;
    private readonly Lazy<ElementCopier<TValue>> _values;

    protected MapCopier(DeepCopier copier)
    {
        _keys = new(() => new ElementCopier<TKey>(copier));
        _values = new(() => new ElementCopier<TValue>(copier));
    }

    public override object Copy(object value, CopyContext context)
    {
        var source = (TMap)value;
        var items = source.ToArray();
        for (var i = 0; i < items.Length; i++)
            items[i] = KeyValuePair.Create(_keys.Value.Copy(items[i].Key, context), _values.Value.Copy(items[i].Value, context));
        return Build(source, items)!;
    }

    protected abstract TMap Build(TMap source, KeyValuePair<TKey, TValue>[] items);
}
