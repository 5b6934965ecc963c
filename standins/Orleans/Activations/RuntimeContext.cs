namespace Orleans.StandIn;

/// <summary>The activation whose turn runs on this thread; none outside the silo's turns.</summary>
internal static class RuntimeContext
{
    [ThreadStatic]
    private static Activation? s_current;

    public static Activation? Current => s_current;

    /// <summary>Returns what was current before.</summary>
    public static Activation? Enter(Activation? activation)
    {
        var before = s_current;
        s_current = activation;
        return before;
    }

    /// <exception cref="InvalidOperationException">No turn runs on this thread.</exception>
    public static void Check()
    {
        if (s_current is null)
            throw new InvalidOperationException("Activation access violation. A non-activation thread attempted to access activation services.");
    }
}
