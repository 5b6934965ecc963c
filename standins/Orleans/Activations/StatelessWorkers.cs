using Orleans.Runtime;

namespace Orleans.StandIn;

/// <summary>The activations of one stateless worker's id: a call goes to an idle one, to a new one while there may be more, else to the least busy.</summary>
internal sealed class StatelessWorkers(SiloRuntime runtime, GrainClass grainClass, GrainId grainId, int most) : ITurnTarget
{
    private readonly Lock _gate = new();
    private readonly List<Activation> _workers = [];

    public IReadOnlyCollection<Activation> Activations
    {
        get { lock (_gate) return _workers.ToArray(); }
    }

    public bool TryReceive(Turn turn)
    {
        while (true)
        {
            Activation worker;
            lock (_gate)
            {
                var least = _workers.MinBy(w => w.Load);
                if (runtime.WhyClosed is not null)
                {
                    if (least is null) return false;
                }
                else if (least is null || (least.Load > 0 && _workers.Count < most))
                    _workers.Add(least = new Activation(runtime, grainClass, grainId, Remove));
                worker = least;
            }

            if (worker.TryReceive(turn)) return true;
            Remove(worker);
        }
    }

    private void Remove(Activation worker)
    {
        lock (_gate) _workers.Remove(worker);
    }
}
