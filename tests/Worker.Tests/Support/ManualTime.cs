namespace ViViT.Worker.Tests.Support;

/// <summary>A clock that goes when it is told to. However far it jumps, a timer that is due fires once, as those of a process that was stopped do.</summary>
internal sealed class ManualTime : TimeProvider
{
    private readonly Lock gate = new();
    private readonly List<Timer> timers = [];
    private TimeSpan now;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>Timers that wait.</summary>
    public int Waiting
    {
        get
        {
            lock (gate)
            {
                return timers.Count;
            }
        }
    }

    public override long GetTimestamp()
    {
        lock (gate)
        {
            return now.Ticks;
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    public void Advance(TimeSpan by)
    {
        Timer[] due;
        lock (gate)
        {
            now += by;
            due = [.. timers.Where(timer => timer.Due <= now)];
            timers.RemoveAll(timer => due.Contains(timer));
        }

        foreach (var timer in due) timer.Fire();
    }

    private sealed class Timer(ManualTime time, Action fire) : ITimer
    {
        public TimeSpan Due { get; private set; }

        public Action Fire => fire;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (time.gate)
            {
                time.timers.Remove(this);
                if (dueTime == Timeout.InfiniteTimeSpan) return true;
                Due = time.now + dueTime;
                time.timers.Add(this);
                return true;
            }
        }

        public void Dispose()
        {
            lock (time.gate)
            {
                time.timers.Remove(this);
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
