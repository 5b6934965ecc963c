namespace Orleans.StandIn;

/// <summary>Waits for one reminder's ticks; the next is set when the last has been delivered.</summary>
internal sealed class LocalReminder : IDisposable
{
    private static readonly TimeSpan s_longest = TimeSpan.FromDays(49);
    private static readonly TimeSpan s_shortest = TimeSpan.FromMilliseconds(1);

    private readonly Lock _gate = new();
    private readonly TimeProvider _time;
    private readonly Func<ReminderEntry, Task> _deliver;
    private readonly ITimer _timer;
    private DateTime _next;
    private bool _disposed;

    public LocalReminder(ReminderEntry entry, TimeProvider time, Func<ReminderEntry, Task> deliver)
    {
        Entry = entry;
        _time = time;
        _deliver = deliver;
        using (ExecutionContext.SuppressFlow())
            _timer = time.CreateTimer(static state => ((LocalReminder)state!).Tick(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        WaitForNext(justTicked: false);
    }

    public ReminderEntry Entry { get; }

    /// <summary>The delivery that runs, or the last one.</summary>
    public Task Delivery { get; private set; } = Task.CompletedTask;

    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            _timer.Dispose();
        }
    }

    private void Tick()
    {
        lock (_gate)
        {
            if (_disposed) return;
            if (_time.GetUtcNow().UtcDateTime < _next) Arm();
            else Delivery = DeliverAndWait();
        }
    }

    private async Task DeliverAndWait()
    {
        await Task.Yield();
        await _deliver(Entry);
        WaitForNext(justTicked: true);
    }

    /// <summary>Ticks fall on the first tick's time plus whole periods, whenever the silo was started.</summary>
    private void WaitForNext(bool justTicked)
    {
        var now = _time.GetUtcNow().UtcDateTime;
        var startAt = DateTime.SpecifyKind(Entry.StartAt, DateTimeKind.Utc);
        lock (_gate)
        {
            var since = now <= startAt || Entry.Period == TimeSpan.Zero ? 0 : (now - startAt).Ticks % Entry.Period.Ticks;
            _next = now <= startAt ? startAt : since == 0 ? now : now.AddTicks(Entry.Period.Ticks - since);
            if (justTicked && _next <= now) _next = now + Entry.Period;
            if (!_disposed) Arm();
        }
    }

    /// <summary>Sets the timer, which may run a little fast and waits at most 49 days: a tick before its time is waited for again.</summary>
    private void Arm()
    {
        var wait = _next - _time.GetUtcNow().UtcDateTime;
        _timer.Change(wait > s_longest ? s_longest : wait > TimeSpan.Zero ? wait + s_shortest : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }
}
