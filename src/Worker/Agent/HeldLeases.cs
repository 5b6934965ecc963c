using System.Diagnostics.CodeAnalysis;
using ViViT.Contracts.Wire;

namespace ViViT.Worker.Agent;

/// <summary>The leases of this worker, by experiment and fence: what the heartbeat renews.</summary>
internal sealed class HeldLeases
{
    private readonly Lock gate = new();
    private readonly Dictionary<Held, HeldLease> leases = [];

    /// <param name="leased">What is held.</param>
    public HeldLease Add(LeasedExperiment leased)
    {
        var lease = new HeldLease(leased);
        lock (gate)
        {
            leases[leased.Held] = lease;
        }

        return lease;
    }

    public void Remove(HeldLease lease)
    {
        lock (gate)
        {
            leases.Remove(lease.Held);
        }
    }

    public IReadOnlyList<Held> Snapshot()
    {
        lock (gate)
        {
            return [.. leases.Keys];
        }
    }

    /// <summary>The lease of that experiment and fence; null when it is not held.</summary>
    public HeldLease? Find(Held held)
    {
        lock (gate)
        {
            return leases.GetValueOrDefault(held);
        }
    }

    /// <summary>The server says that this lease is gone. One that was given back meanwhile, or granted anew under another fence, is not meant.</summary>
    /// <returns>Whether it was held until now.</returns>
    public bool Lose(Held held)
    {
        HeldLease? lost;
        lock (gate)
        {
            leases.Remove(held, out lost);
        }

        lost?.Lose();
        return lost is not null;
    }

    /// <summary>The server wants this lease back. Asking again is harmless.</summary>
    /// <returns>Whether it is held and was not asked for before.</returns>
    public bool AskBack(Held held, string reason)
    {
        HeldLease? wanted;
        lock (gate)
        {
            leases.TryGetValue(held, out wanted);
        }

        return wanted?.AskBack(reason) ?? false;
    }
}

/// <summary>One lease of this worker.</summary>
[SuppressMessage("Design", "CA1001", Justification = "Whoever loses the lease and whoever gives it back may meet here; without a timer the sources have nothing to free.")]
internal sealed class HeldLease(LeasedExperiment leased)
{
    private readonly CancellationTokenSource lost = new();
    private readonly CancellationTokenSource wanted = new();
    private string? whyWanted;

    public LeasedExperiment Leased => leased;

    public Held Held { get; } = leased.Held;

    /// <summary>Cancelled when the lease is gone: whatever happens under its fence from now on changes nothing.</summary>
    public CancellationToken Lost => lost.Token;

    /// <summary>Cancelled when the server wants the experiment saved and handed back, see <see cref="WhyWantedBack"/>.</summary>
    public CancellationToken WantedBack => wanted.Token;

    /// <summary>The server's reason; null as long as the lease is not wanted back.</summary>
    public string? WhyWantedBack => Volatile.Read(ref whyWanted);

    /// <summary>Returns at once; what hangs on the lease ends on other threads.</summary>
    public void Lose() => _ = lost.CancelAsync();

    /// <summary>Returns at once. The first reason stays.</summary>
    /// <returns>Whether this was the first time.</returns>
    public bool AskBack(string reason)
    {
        if (Interlocked.CompareExchange(ref whyWanted, reason, null) is not null) return false;
        _ = wanted.CancelAsync();
        return true;
    }
}
