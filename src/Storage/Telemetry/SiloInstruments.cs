namespace ViViT.Storage.Telemetry;

/// <summary>
/// Counters that begin at 0 rather than at their first event: what Prometheus first sees at 1, it does not take for an increase, and the first of
/// those that an alert waits for would go by.
/// </summary>
public static class SiloInstruments
{
    /// <summary>The process starts.</summary>
    public static void Begin()
    {
        LeaseInstruments.Begin();
        AttemptInstruments.Begin();
        EffectInstruments.Begin();
    }

    /// <summary>The pool is seen for the first time.</summary>
    public static void Begin(string pool)
    {
        LeaseInstruments.Begin(pool);
        AttemptInstruments.Begin(pool);
    }
}
