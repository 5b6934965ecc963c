namespace Orleans.StandIn;

/// <summary>What a sequence of unknown class becomes when it is declared as one of the collection interfaces.</summary>
internal static class InterfaceCollections
{
    private static readonly HashSet<Type> s_lists =
        [typeof(IEnumerable<>), typeof(ICollection<>), typeof(IReadOnlyCollection<>), typeof(IList<>), typeof(IReadOnlyList<>)];

    private static readonly HashSet<Type> s_sets = [typeof(ISet<>), typeof(IReadOnlySet<>)];

    private static readonly HashSet<Type> s_maps = [typeof(IDictionary<,>), typeof(IReadOnlyDictionary<,>)];

    /// <returns>Null if <paramref name="type"/> is no such interface.</returns>
    public static TypeCopier? Fallback(Type type, DeepCopier copier)
    {
        if (!type.IsConstructedGenericType) return null;
        var definition = type.GetGenericTypeDefinition();
        var fallback = s_lists.Contains(definition) ? typeof(ToList<>) : s_sets.Contains(definition) ? typeof(ToSet<>)
            : s_maps.Contains(definition) ? typeof(ToMap<,>) : null;
        if (fallback is null) return null;
        foreach (var argument in type.GetGenericArguments()) copier.ForDeclared(argument);
        return (TypeCopier)Activator.CreateInstance(fallback.MakeGenericType(type.GetGenericArguments()), copier)!;
    }

    private sealed class ToList<T>(DeepCopier copier) : SequenceCopier<IEnumerable<T>, T>(copier)
    {
        protected override IEnumerable<T> Build(IEnumerable<T> source, T[] items) => new List<T>(items);
    }

    private sealed class ToSet<T>(DeepCopier copier) : SequenceCopier<IEnumerable<T>, T>(copier)
    {
        protected override IEnumerable<T> Build(IEnumerable<T> source, T[] items) => new HashSet<T>(items);
    }

    private sealed class ToMap<TKey, TValue>(DeepCopier copier) : MapCopier<IEnumerable<KeyValuePair<TKey, TValue>>, TKey, TValue>(copier) where TKey : notnull
    {
        protected override IEnumerable<KeyValuePair<TKey, TValue>> Build(
            IEnumerable<KeyValuePair<TKey, TValue>> source, KeyValuePair<TKey, TValue>[] items)
            => new Dictionary<TKey, TValue>(items);
    }
}
