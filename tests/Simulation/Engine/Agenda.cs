using System.Runtime.CompilerServices;

namespace ViViT.Simulation.Tests.Engine;

/// <summary>
/// Virtual time: what is planned happens in order of its moment, one after the other, on the caller's thread. Actors are async methods that wait on it;
/// one whose life has ended in the meantime is never continued, just as a killed process.
/// </summary>
internal sealed class Agenda
{
    private readonly PriorityQueue<(Life Life, Action What), Moment> planned = new();
    private long number;

    public TimeSpan Now { get; private set; }

    public void At(TimeSpan at, Life life, Action what) => planned.Enqueue((life, what), new(at.Ticks, number++));

    public void After(TimeSpan time, Life life, Action what) => At(Now + time, life, what);

    /// <summary>To be awaited: a wait by the clock of the one who waits.</summary>
    public Waiting Wait(Life life, TimeSpan time) => new(this, life, Now + TimeSpan.FromTicks((long)(time.Ticks * life.Pace)));

    /// <summary>Makes the next thing happen.</summary>
    /// <returns>False when nothing is planned any more.</returns>
    public bool Next()
    {
        if (!planned.TryDequeue(out var entry, out var moment)) return false;
        Now = TimeSpan.FromTicks(moment.At);
        if (entry.Life.IsDead) return true;
        if (entry.Life.StandsUntil > Now) At(entry.Life.StandsUntil, entry.Life, entry.What);
        else entry.What();
        return true;
    }

    private readonly record struct Moment(long At, long Number) : IComparable<Moment>
    {
        public int CompareTo(Moment other) => At != other.At ? At.CompareTo(other.At) : Number.CompareTo(other.Number);
    }

    internal readonly struct Waiting(Agenda agenda, Life life, TimeSpan until) : INotifyCompletion
    {
        public bool IsCompleted => false;

        public Waiting GetAwaiter() => this;

        public void OnCompleted(Action continuation) => agenda.At(until, life, continuation);

        public void GetResult()
        {
        }
    }
}
