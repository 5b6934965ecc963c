using System.Collections;
using System.Collections.Concurrent;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using ViViT.Contracts.Specs;
using ViViT.TestKit.Fuzzing;

namespace ViViT.Contracts.Tests;

/// <summary>Random values of the contracts' types: every property is set, to null too where it may be; numbers and texts are the odd ones.</summary>
internal sealed class RandomContracts(Mutator random)
{
    private static readonly double[] OddNumbers = [0, -0.0, 1, 0.1, 1e-300, double.MaxValue, double.Epsilon, double.NaN, double.PositiveInfinity, double.NegativeInfinity];
    private static readonly string[] OddTexts = ["", "a", "train/loss", "a \"b\" \\ c", "line\nline", "é😀", "\0", "</script>", "null", "auto"];
    private static readonly string[] OddJson = ["1", "-0.5", "1e-3", "\"adamw\"", "true", "null", "[2,8,8]", "{\"form\":\"v1\"}"];

    // Costly to find out.
    private static readonly ConcurrentDictionary<ICustomAttributeProvider, bool> Nullables = new();

    public object Make(Type type) => Make(type, mayBeNull: false)!;

    /// <summary>All of the value, with the names of its members: equal for equal values. A null in a list is a failed test.</summary>
    public static string Describe(object? value) => value switch
    {
        JsonElement json => json.GetRawText(),
        string text => JsonSerializer.Serialize(text),
        double number => BitConverter.DoubleToInt64Bits(number).ToString("x"),
        DateTimeOffset time => time.ToString("O"),
        null => "null",
        IDictionary entries => $"{{{string.Join(", ", entries.Keys.Cast<object>().Select(key => $"{key}: {Describe(Promised(entries[key]))}"))}}}",
        IEnumerable entries => $"[{string.Join(", ", entries.Cast<object?>().Select(entry => Describe(Promised(entry))))}]",
        _ when value.GetType() is { IsPrimitive: true } or { IsEnum: true } => $"{value}",
        _ => $"{value.GetType().Name} {{{string.Join(", ", Written(value.GetType()).Select(property => $"{property.Name} = {Describe(property.GetValue(value))}"))}}}",
    };

    private static object Promised(object? entry)
    {
        Assert.NotNull(entry);
        return entry;
    }

    private static IEnumerable<PropertyInfo> Written(Type type) =>
        type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.GetIndexParameters().Length == 0 && !property.IsDefined(typeof(JsonIgnoreAttribute)));

    private static bool MayBeNull(ParameterInfo parameter) => Nullables.GetOrAdd(parameter, _ => new NullabilityInfoContext().Create(parameter).ReadState == NullabilityState.Nullable);

    private static bool MayBeNull(PropertyInfo property) => Nullables.GetOrAdd(property, _ => new NullabilityInfoContext().Create(property).ReadState == NullabilityState.Nullable);

    private object? Make(Type type, bool mayBeNull)
    {
        if (Nullable.GetUnderlyingType(type) is { } inner) return random.OneIn(3) ? null : Make(inner, mayBeNull: false);
        if (mayBeNull && random.OneIn(3)) return null;
        if (type == typeof(string)) return random.Pick(OddTexts);
        if (type == typeof(bool)) return random.OneIn(2);
        if (type == typeof(int)) return (int)random.Number();
        if (type == typeof(long)) return random.Number();
        if (type == typeof(double)) return random.OneIn(2) ? random.Pick(OddNumbers) : random.Uniform();
        if (type == typeof(DateTimeOffset)) return DateTimeOffset.UnixEpoch.AddTicks(Math.Abs(random.Number() >> 8));
        if (type == typeof(JsonElement)) return JsonElement.Parse(random.Pick(OddJson));
        if (type == typeof(SeedSetting)) return random.OneIn(2) ? new SeedSetting((int)random.Number()) : new SeedSetting(0, (int[])List(typeof(int)));
        if (type.IsEnum) return random.Pick(Enum.GetValues(type).Cast<object>().ToArray());
        if (type.GetCustomAttributes<JsonDerivedTypeAttribute>().ToArray() is { Length: > 0 } kinds) return Make(random.Pick(kinds).DerivedType);
        if (type.IsGenericType && type.GetGenericArguments() is [var element] && type.IsAssignableFrom(element.MakeArrayType())) return List(element);
        if (type.IsGenericType && type.GetGenericArguments() is [var key, var value] && key == typeof(string)) return Dictionary(value);
        return Record(type);
    }

    private Array List(Type element)
    {
        var list = Array.CreateInstance(element, random.Below(4));
        for (var i = 0; i < list.Length; i++) list.SetValue(Make(element), i);
        return list;
    }

    private IDictionary Dictionary(Type value)
    {
        var dictionary = (IDictionary)Activator.CreateInstance(typeof(Dictionary<,>).MakeGenericType(typeof(string), value))!;
        for (var count = random.Below(4); count > 0; count--) dictionary[$"{random.Pick(OddTexts)}{count}"] = Make(value);
        return dictionary;
    }

    private object Record(Type type)
    {
        // Not the one that copies.
        var constructor = type.GetConstructors().Where(one => one.GetParameters() is not [var only] || only.ParameterType != type).MaxBy(one => one.GetParameters().Length);
        var parameters = constructor?.GetParameters() ?? [];
        var record = constructor?.Invoke([.. parameters.Select(one => Make(one.ParameterType, MayBeNull(one)))]) ?? Activator.CreateInstance(type)!;
        var rest = Written(type).Where(property => property.CanWrite && parameters.All(one => !string.Equals(one.Name, property.Name, StringComparison.OrdinalIgnoreCase)));
        foreach (var property in rest) property.SetValue(record, Make(property.PropertyType, MayBeNull(property)));
        return record;
    }
}
