using Microsoft.Extensions.Logging;
using Orleans.Configuration;

namespace Orleans.StandIn;

/// <summary>Ends, once a quantum, the activations that have been idle for longer than their class may be.</summary>
internal sealed partial class IdleCollector(SiloRuntime runtime, GrainCollectionOptions options, ILogger log) : IDisposable
{
    private ITimer? _timer;

    public void Start()
        => _timer = runtime.Time.CreateTimer(static state => ((IdleCollector)state!).Collect(), this, options.CollectionQuantum, options.CollectionQuantum);

    /// <summary>Ends what has been idle for its class's age, or for <paramref name="age"/> where one is given.</summary>
    public void Collect(TimeSpan? age = null)
    {
        try
        {
            foreach (var activation in runtime.Catalog.Activations)
            {
                if ((age ?? AgeOf(activation.Class)) is var limit && limit < TimeSpan.MaxValue) activation.CollectIfIdle(limit);
            }
        }
        catch (Exception error)
        {
            // On the timer's thread an exception would end the process.
            CollectionFailed(log, error);
        }
    }

    private TimeSpan AgeOf(GrainClass grainClass)
        => grainClass.CollectionAge ?? options.ClassSpecificCollectionAge.GetValueOrDefault(grainClass.Type.FullName!, options.CollectionAge);

    public void Dispose() => _timer?.Dispose();

    [LoggerMessage(LogLevel.Error, "The collection of idle grains failed; the next one is tried as usual.")]
    private static partial void CollectionFailed(ILogger log, Exception error);
}
