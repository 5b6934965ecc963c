using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Collections.ObjectModel;
using System.Runtime.CompilerServices;

namespace Orleans.StandIn;

/// <summary>The collections and tuples of the class library that cross grain calls.</summary>
internal static class CollectionCopiers
{
    private static readonly Dictionary<Type, Type> s_copiers = new()
    {
        [typeof(List<>)] = typeof(ListCopier<>),
        [typeof(HashSet<>)] = typeof(HashSetCopier<>),
        [typeof(SortedSet<>)] = typeof(SortedSetCopier<>),
        [typeof(Queue<>)] = typeof(QueueCopier<>),
        [typeof(Stack<>)] = typeof(StackCopier<>),
        [typeof(ConcurrentQueue<>)] = typeof(ConcurrentQueueCopier<>),
        [typeof(ReadOnlyCollection<>)] = typeof(ReadOnlyCollectionCopier<>),
        [typeof(ImmutableArray<>)] = typeof(ImmutableArrayCopier<>),
        [typeof(ImmutableList<>)] = typeof(ImmutableListCopier<>),
        [typeof(ImmutableHashSet<>)] = typeof(ImmutableHashSetCopier<>),
        [typeof(ImmutableSortedSet<>)] = typeof(ImmutableSortedSetCopier<>),
        [typeof(ImmutableQueue<>)] = typeof(ImmutableQueueCopier<>),
        [typeof(Dictionary<,>)] = typeof(DictionaryCopier<,>),
        [typeof(SortedDictionary<,>)] = typeof(SortedDictionaryCopier<,>),
        [typeof(SortedList<,>)] = typeof(SortedListCopier<,>),
        [typeof(ConcurrentDictionary<,>)] = typeof(ConcurrentDictionaryCopier<,>),
        [typeof(ReadOnlyDictionary<,>)] = typeof(ReadOnlyDictionaryCopier<,>),
        [typeof(ImmutableDictionary<,>)] = typeof(ImmutableDictionaryCopier<,>),
        [typeof(ImmutableSortedDictionary<,>)] = typeof(ImmutableSortedDictionaryCopier<,>),
        [typeof(KeyValuePair<,>)] = typeof(KeyValuePairCopier<,>),
    };

    public static TypeCopier? For(Type type, DeepCopier copier)
    {
        if (type.IsSZArray) return Make(typeof(ArrayCopier<>), [type.GetElementType()!], copier);
        if (type.IsArray) return copier.IsShallow(type.GetElementType()!) ? new ArrayCloner() : null;
        if (!type.IsConstructedGenericType) return null;
        if (type.IsAssignableTo(typeof(ITuple))) return new TupleCopier(type, copier);
        if (s_copiers.TryGetValue(type.GetGenericTypeDefinition(), out var known)) return Make(known, type.GetGenericArguments(), copier);
        for (var up = type; up is not null; up = up.BaseType)
        {
            var definition = up.IsConstructedGenericType ? up.GetGenericTypeDefinition() : null;
            if (definition == typeof(FrozenDictionary<,>)) return Make(typeof(FrozenDictionaryCopier<,>), up.GetGenericArguments(), copier);
            if (definition == typeof(FrozenSet<>)) return Make(typeof(FrozenSetCopier<>), up.GetGenericArguments(), copier);
        }

        return null;
    }

    private static TypeCopier Make(Type copierDefinition, Type[] arguments, DeepCopier copier)
    {
        foreach (var argument in arguments) copier.ForDeclared(argument);
        return (TypeCopier)Activator.CreateInstance(copierDefinition.MakeGenericType(arguments), copier)!;
    }

    private sealed class ArrayCloner : TypeCopier
    {
        public override object Copy(object value, CopyContext context) => ((Array)value).Clone();
    }

    private sealed class ArrayCopier<T>(DeepCopier copier) : SequenceCopier<T[], T>(copier)
    {
        protected override T[] Build(T[] source, T[] items) => items;
    }

    private sealed class ListCopier<T>(DeepCopier copier) : SequenceCopier<List<T>, T>(copier)
    {
        protected override List<T> Build(List<T> source, T[] items) => [.. items];
    }

    private sealed class HashSetCopier<T>(DeepCopier copier) : SequenceCopier<HashSet<T>, T>(copier)
    {
        protected override HashSet<T> Build(HashSet<T> source, T[] items) => new(items, source.Comparer);
    }

    private sealed class SortedSetCopier<T>(DeepCopier copier) : SequenceCopier<SortedSet<T>, T>(copier)
    {
        protected override SortedSet<T> Build(SortedSet<T> source, T[] items) => new(items, source.Comparer);
    }

    private sealed class QueueCopier<T>(DeepCopier copier) : SequenceCopier<Queue<T>, T>(copier)
    {
        protected override Queue<T> Build(Queue<T> source, T[] items) => new(items);
    }

    private sealed class StackCopier<T>(DeepCopier copier) : SequenceCopier<Stack<T>, T>(copier)
    {
        protected override Stack<T> Build(Stack<T> source, T[] items)
        {
            Array.Reverse(items);
            return new Stack<T>(items);
        }
    }

    private sealed class ConcurrentQueueCopier<T>(DeepCopier copier) : SequenceCopier<ConcurrentQueue<T>, T>(copier)
    {
        protected override ConcurrentQueue<T> Build(ConcurrentQueue<T> source, T[] items) => new(items);
    }

    private sealed class ReadOnlyCollectionCopier<T>(DeepCopier copier) : SequenceCopier<ReadOnlyCollection<T>, T>(copier)
    {
        protected override ReadOnlyCollection<T> Build(ReadOnlyCollection<T> source, T[] items) => new(new List<T>(items));
    }

    private sealed class ImmutableArrayCopier<T>(DeepCopier copier) : SequenceCopier<ImmutableArray<T>, T>(copier)
    {
        public override object Copy(object value, CopyContext context) => ((ImmutableArray<T>)value).IsDefault ? value : base.Copy(value, context);

        protected override ImmutableArray<T> Build(ImmutableArray<T> source, T[] items) => [.. items];
    }

    private sealed class ImmutableListCopier<T>(DeepCopier copier) : SequenceCopier<ImmutableList<T>, T>(copier)
    {
        protected override ImmutableList<T> Build(ImmutableList<T> source, T[] items) => [.. items];
    }

    private sealed class ImmutableHashSetCopier<T>(DeepCopier copier) : SequenceCopier<ImmutableHashSet<T>, T>(copier)
    {
        protected override ImmutableHashSet<T> Build(ImmutableHashSet<T> source, T[] items) => ImmutableHashSet.Create(source.KeyComparer, items);
    }

    private sealed class ImmutableSortedSetCopier<T>(DeepCopier copier) : SequenceCopier<ImmutableSortedSet<T>, T>(copier)
    {
        protected override ImmutableSortedSet<T> Build(ImmutableSortedSet<T> source, T[] items) => ImmutableSortedSet.Create(source.KeyComparer, items);
    }

    private sealed class ImmutableQueueCopier<T>(DeepCopier copier) : SequenceCopier<ImmutableQueue<T>, T>(copier)
    {
        protected override ImmutableQueue<T> Build(ImmutableQueue<T> source, T[] items) => [.. items];
    }

    private sealed class FrozenSetCopier<T>(DeepCopier copier) : SequenceCopier<FrozenSet<T>, T>(copier)
    {
        protected override FrozenSet<T> Build(FrozenSet<T> source, T[] items) => items.ToFrozenSet(source.Comparer);
    }

    private sealed class DictionaryCopier<TKey, TValue>(DeepCopier copier) : MapCopier<Dictionary<TKey, TValue>, TKey, TValue>(copier) where TKey : notnull
    {
        protected override Dictionary<TKey, TValue> Build(Dictionary<TKey, TValue> source, KeyValuePair<TKey, TValue>[] items) => new(items, source.Comparer);
    }

    private sealed class SortedDictionaryCopier<TKey, TValue>(DeepCopier copier) : MapCopier<SortedDictionary<TKey, TValue>, TKey, TValue>(copier)
        where TKey : notnull
    {
        protected override SortedDictionary<TKey, TValue> Build(SortedDictionary<TKey, TValue> source, KeyValuePair<TKey, TValue>[] items)
            => new(items.ToDictionary(), source.Comparer);
    }

    private sealed class SortedListCopier<TKey, TValue>(DeepCopier copier) : MapCopier<SortedList<TKey, TValue>, TKey, TValue>(copier) where TKey : notnull
    {
        protected override SortedList<TKey, TValue> Build(SortedList<TKey, TValue> source, KeyValuePair<TKey, TValue>[] items)
            => new(items.ToDictionary(), source.Comparer);
    }

    private sealed class ConcurrentDictionaryCopier<TKey, TValue>(DeepCopier copier) : MapCopier<ConcurrentDictionary<TKey, TValue>, TKey, TValue>(copier)
        where TKey : notnull
    {
        protected override ConcurrentDictionary<TKey, TValue> Build(ConcurrentDictionary<TKey, TValue> source, KeyValuePair<TKey, TValue>[] items)
            => new(items, source.Comparer);
    }

    private sealed class ReadOnlyDictionaryCopier<TKey, TValue>(DeepCopier copier) : MapCopier<ReadOnlyDictionary<TKey, TValue>, TKey, TValue>(copier)
        where TKey : notnull
    {
        protected override ReadOnlyDictionary<TKey, TValue> Build(ReadOnlyDictionary<TKey, TValue> source, KeyValuePair<TKey, TValue>[] items)
            => new(items.ToDictionary());
    }

    private sealed class ImmutableDictionaryCopier<TKey, TValue>(DeepCopier copier) : MapCopier<ImmutableDictionary<TKey, TValue>, TKey, TValue>(copier)
        where TKey : notnull
    {
        protected override ImmutableDictionary<TKey, TValue> Build(ImmutableDictionary<TKey, TValue> source, KeyValuePair<TKey, TValue>[] items)
            => ImmutableDictionary.CreateRange(source.KeyComparer, source.ValueComparer, items);
    }

    private sealed class ImmutableSortedDictionaryCopier<TKey, TValue>(DeepCopier copier)
        : MapCopier<ImmutableSortedDictionary<TKey, TValue>, TKey, TValue>(copier) where TKey : notnull
    {
        protected override ImmutableSortedDictionary<TKey, TValue> Build(
            ImmutableSortedDictionary<TKey, TValue> source, KeyValuePair<TKey, TValue>[] items)
            => ImmutableSortedDictionary.CreateRange(source.KeyComparer, source.ValueComparer, items);
    }

    private sealed class FrozenDictionaryCopier<TKey, TValue>(DeepCopier copier) : MapCopier<FrozenDictionary<TKey, TValue>, TKey, TValue>(copier)
        where TKey : notnull
    {
        protected override FrozenDictionary<TKey, TValue> Build(FrozenDictionary<TKey, TValue> source, KeyValuePair<TKey, TValue>[] items)
            => items.ToFrozenDictionary(source.Comparer);
    }

    private sealed class KeyValuePairCopier<TKey, TValue>(DeepCopier copier) : TypeCopier
    {
        private readonly ElementCopier<TKey> _keys = new(copier);
        private readonly ElementCopier<TValue> _values = new(copier);

        public override object Copy(object value, CopyContext context)
        {
            var pair = (KeyValuePair<TKey, TValue>)value;
            return KeyValuePair.Create(_keys.Copy(pair.Key, context), _values.Copy(pair.Value, context));
        }
    }

    private sealed class TupleCopier(Type type, DeepCopier copier) : TypeCopier
    {
        private readonly TypeCopier?[] _copiers = [.. type.GetGenericArguments().Select(copier.ForDeclared)];

        public override object Copy(object value, CopyContext context)
        {
            var items = new object?[_copiers.Length];
            for (var i = 0; i < items.Length; i++)
            {
                var item = i == 7 ? type.GetField("Rest")?.GetValue(value) ?? type.GetProperty("Rest")!.GetValue(value) : ((ITuple)value)[i];
                items[i] = item is not null && _copiers[i] is { } own ? own.CopyTracked(item, context) : item;
            }

            return Activator.CreateInstance(type, items)!;
        }
    }
}
