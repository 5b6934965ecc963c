using System.Reflection;
using System.Runtime.CompilerServices;

namespace Orleans.StandIn;

/// <summary>
/// Copies a [GenerateSerializer] type: every member with an [Id], and the parameters of a record's primary constructor, of the type and
/// of its base types. Other members keep what the parameterless constructor gives them, or their default.
/// </summary>
internal sealed class MemberCopier : TypeCopier
{
    private readonly Type _type;
    private readonly bool _construct;
    private readonly Lazy<(FieldInfo Field, TypeCopier? Copier)[]> _fields;

    public MemberCopier(Type type, DeepCopier copier)
    {
        _type = type;
        _construct = type.IsValueType || type.GetConstructor(Type.EmptyTypes) is not null;
        // A type may contain itself: its members are looked up when the first value is copied.
        _fields = new(() => [.. Fields(type).Select(f => (f, IsImmutable(f) ? null : copier.ForDeclared(f.FieldType)))]);
    }

    public override object Copy(object value, CopyContext context)
    {
        var copy = _construct ? Activator.CreateInstance(_type)! : RuntimeHelpers.GetUninitializedObject(_type);
        if (!_type.IsValueType) context.Record(value, copy);
        foreach (var (field, copier) in _fields.Value)
        {
            var member = field.GetValue(value);
            field.SetValue(copy, copier is null || member is null ? member : copier.CopyTracked(member, context));
        }

        return copy;
    }

    private static bool IsImmutable(FieldInfo field)
        => field.IsDefined(typeof(ImmutableAttribute))
            || (PropertyOf(field) is { } property && property.IsDefined(typeof(ImmutableAttribute)));

    private static IEnumerable<FieldInfo> Fields(Type type)
    {
        for (var level = type; level is not null && level.IsDefined(typeof(GenerateSerializerAttribute), false); level = level.BaseType)
        {
            var positional = Positional(level);
            var publicProperties = level.GetCustomAttribute<GenerateSerializerAttribute>()!.GenerateFieldIds is GenerateFieldIds.PublicProperties;
            foreach (var field in level.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            {
                var property = PropertyOf(field);
                if (field.IsDefined(typeof(IdAttribute)) || (property is not null
                    && (property.IsDefined(typeof(IdAttribute)) || positional.Contains(property.Name)
                        || (publicProperties && property.GetMethod is { IsPublic: true } && property.SetMethod is not null))))
                    yield return field;
            }
        }
    }

    private static PropertyInfo? PropertyOf(FieldInfo field)
    {
        const string Suffix = ">k__BackingField";
        return field.Name.StartsWith('<') && field.Name.EndsWith(Suffix, StringComparison.Ordinal)
            ? field.DeclaringType!.GetProperty(
                field.Name[1..^Suffix.Length], BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
            : null;
    }

    /// <summary>The names of a record's positional members.</summary>
    private static HashSet<string> Positional(Type type)
    {
        var isRecord = type.GetMethod("PrintMembers", BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.DeclaredOnly) is not null;
        if (!isRecord || type.GetCustomAttribute<GenerateSerializerAttribute>()?.IncludePrimaryConstructorParameters is false) return [];
        return [.. type.GetConstructors(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)
            .Select(c => c.GetParameters())
            .Where(parameters => parameters.All(p => type.GetProperty(p.Name!)?.PropertyType == p.ParameterType))
            .MaxBy(parameters => parameters.Length)?.Select(p => p.Name!) ?? []];
    }
}
