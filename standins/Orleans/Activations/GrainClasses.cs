using System.Collections.Concurrent;
using System.Reflection;
using Orleans.Runtime;

namespace Orleans.StandIn;

/// <summary>All grain classes of the application: those of every assembly it uses that knows Orleans.</summary>
internal sealed class GrainClasses
{
    private readonly Dictionary<GrainType, GrainClass> _byType = [];
    private readonly ConcurrentDictionary<(Type, string?), GrainClass> _byInterface = new();

    public GrainClasses()
    {
        var complaints = new List<string>();
        foreach (var type in ApplicationAssemblies().SelectMany(a => a.GetTypes()).Where(IsGrainClass))
        {
            var grainClass = new GrainClass(type);
            complaints.AddRange(grainClass.Interfaces.SelectMany(InterfaceDescription.Complaints));
            if (!_byType.TryAdd(grainClass.GrainType, grainClass))
                complaints.Add($"{type} and {_byType[grainClass.GrainType].Type} are both called \"{grainClass.GrainType}\": give one a [GrainType] of its own.");
        }

        if (complaints.Count > 0) throw new OrleansConfigurationException(string.Join(Environment.NewLine, complaints.Distinct()));
    }

    /// <exception cref="ArgumentException">No class is called that.</exception>
    public GrainClass For(GrainType type)
        => _byType.TryGetValue(type, out var found) ? found : throw new ArgumentException($"Could not find an implementation for grain type \"{type}\".");

    /// <exception cref="ArgumentException">No class, or more than one, is meant.</exception>
    public GrainClass For(Type grainInterface, string? classNamePrefix) => _byInterface.GetOrAdd((grainInterface, classNamePrefix), _ =>
    {
        GrainClass[] candidates = [.. _byType.Values.Where(c => c.Type.IsAssignableTo(grainInterface))
            .Where(c => classNamePrefix is null || c.Type.FullName!.StartsWith(classNamePrefix, StringComparison.Ordinal))];
        if (candidates.Length > 1 && candidates.SingleOrDefault(c => "I" + c.Type.Name == grainInterface.Name) is { } named) return named;
        return candidates.Length switch
        {
            1 => candidates[0],
            0 => throw new ArgumentException($"Could not find an implementation for interface {grainInterface}"),
            _ => throw new ArgumentException(
                $"Unable to identify a single appropriate grain type for interface {grainInterface}. Candidates: "
                + string.Join(", ", candidates.Select(c => c.Type))),
        };
    });

    private static bool IsGrainClass(Type type)
        => type is { IsClass: true, IsAbstract: false, ContainsGenericParameters: false }
            && type.IsAssignableTo(typeof(IGrainBase)) && type.GetInterfaces().Any(GrainClass.IsGrainInterface);

    private static HashSet<Assembly> ApplicationAssemblies()
    {
        var own = typeof(IGrain).Assembly;
        var seen = new HashSet<Assembly> { own };
        var open = new Queue<Assembly>(AppDomain.CurrentDomain.GetAssemblies().Where(a => !a.IsDynamic && KnowsOrleans(a)));
        if (Assembly.GetEntryAssembly() is { } entry) open.Enqueue(entry);
        while (open.TryDequeue(out var assembly))
        {
            if (!seen.Add(assembly)) continue;
            foreach (var name in assembly.GetReferencedAssemblies().Where(n => !IsFramework(n.Name!)))
            {
                try
                {
                    open.Enqueue(Assembly.Load(name));
                }
                catch (FileNotFoundException)
                {
                    // Referenced but not deployed: no grain of the application can live there.
                }
            }
        }

        seen.RemoveWhere(a => a != own && !KnowsOrleans(a));
        return seen;

        bool KnowsOrleans(Assembly assembly) => assembly.GetReferencedAssemblies().Any(r => r.Name == own.GetName().Name);

        static bool IsFramework(string name)
            => name.StartsWith("System", StringComparison.Ordinal) || name.StartsWith("Microsoft", StringComparison.Ordinal);
    }
}
