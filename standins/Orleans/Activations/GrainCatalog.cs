using System.Collections.Concurrent;
using Orleans.Runtime;

namespace Orleans.StandIn;

/// <summary>Which activation lives for which id, and the only place where one is made: at most one per id at any time.</summary>
internal sealed class GrainCatalog(SiloRuntime runtime)
{
    private readonly ConcurrentDictionary<GrainId, ITurnTarget> _targets = new();

    public IEnumerable<Activation> Activations => _targets.Values.SelectMany(t => t.Activations);

    /// <summary>Hands the call to its grain, which is activated if it is not.</summary>
    public void Dispatch(GrainCall call)
    {
        while (true)
        {
            if (!_targets.TryGetValue(call.TargetId, out var target))
            {
                if (runtime.WhyClosed is { } closed)
                {
                    call.Reject(new SiloUnavailableException($"{closed} The call {call} was not made."));
                    return;
                }

                target = _targets.GetOrAdd(call.TargetId, Make, call.Class);
            }

            if (target.TryReceive(call)) return;
            _targets.TryRemove(new(call.TargetId, target));
        }
    }

    private ITurnTarget Make(GrainId id, GrainClass grainClass)
        => grainClass.StatelessWorkers is { } most
            ? new StatelessWorkers(runtime, grainClass, id, most)
            : new Activation(runtime, grainClass, id, ended => _targets.TryRemove(new(id, ended)));

    /// <summary>Ends all activations and waits for them.</summary>
    public async Task DeactivateAll(DeactivationReason reason, CancellationToken cancellationToken)
    {
        // A call that came in just before the silo closed may still make one: hence until none is left.
        while (Activations.ToArray() is { Length: > 0 } all)
        {
            foreach (var activation in all) activation.Deactivate(reason, cancellationToken);
            await Task.WhenAll(all.Select(a => a.Deactivated)).WaitAsync(cancellationToken);
        }
    }
}
