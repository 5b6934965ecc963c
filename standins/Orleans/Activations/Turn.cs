namespace Orleans.StandIn;

/// <summary>Something an activation is to run: a grain call or a timer's tick.</summary>
internal abstract class Turn
{
    /// <summary>Runs whatever else runs.</summary>
    public abstract bool AlwaysInterleave { get; }

    /// <summary>Runs beside others that are read-only too.</summary>
    public virtual bool ReadOnly => false;

    /// <summary>Belongs to this activation alone: it runs while the activation ends and is dropped with it.</summary>
    public virtual bool IsLocalOnly => false;

    /// <summary>Counts as use of the grain.</summary>
    public virtual bool KeepAlive => true;

    /// <summary>Nobody waits for it any more: it is not begun.</summary>
    public virtual bool IsAbandoned => false;

    /// <summary>The call chain that this turn belongs to, where its grains allowed re-entry.</summary>
    public virtual Guid ReentrancyId => Guid.Empty;

    public Activation? Activation { get; set; }

    /// <summary>Runs to its end on the activation's scheduler. Never throws.</summary>
    public abstract Task Run(Activation activation);

    /// <summary>Tells whoever waits that it will not run.</summary>
    public abstract void Reject(Exception error);
}

/// <summary>What calls to one grain id are handed to.</summary>
internal interface ITurnTarget
{
    /// <returns>False if it has ended and another must take its place.</returns>
    bool TryReceive(Turn turn);

    IReadOnlyCollection<Activation> Activations { get; }
}
