using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace Orleans.StandIn;

/// <summary>Ticks as turns of its grain. The period runs from the end of one tick to the next, so that ticks never pile up.</summary>
internal sealed partial class GrainTimer : Turn, IGrainTimer
{
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _disposed = new();
    private readonly Activation _owner;
    private readonly Func<CancellationToken, Task> _callback;
    private readonly GrainTimerCreationOptions _options;
    private readonly ITimer _timer;
    private TimeSpan _due;
    private TimeSpan _period;
    private bool _firing;
    private bool _changed;

    private GrainTimer(Activation owner, Func<CancellationToken, Task> callback, GrainTimerCreationOptions options)
    {
        _owner = owner;
        _callback = callback;
        _options = options;
        using (ExecutionContext.SuppressFlow())
            _timer = owner.Runtime.Time.CreateTimer(static state => ((GrainTimer)state!).Fire(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public override bool AlwaysInterleave => _options.Interleave;

    public override bool IsLocalOnly => true;

    public override bool KeepAlive => _options.KeepAlive;

    /// <exception cref="InvalidOperationException">The grain is not the one whose turn runs.</exception>
    public static GrainTimer Start(Activation owner, Func<CancellationToken, Task> callback, GrainTimerCreationOptions options)
    {
        if (RuntimeContext.Current is null)
        {
            throw new InvalidSchedulingContextException(
                "Current grain context is null. Please make sure you are not trying to create a Timer from outside Orleans Task Scheduler, "
                + "which will be the case if you create it inside Task.Run.");
        }

        if (!ReferenceEquals(RuntimeContext.Current, owner))
            throw new InvalidOperationException("Current grain context differs from specified grain context.");
        var timer = new GrainTimer(owner, callback, options);
        owner.AddTimer(timer);
        timer.Change(options.DueTime, options.Period);
        return timer;
    }

    public void Change(TimeSpan dueTime, TimeSpan period)
    {
        Validate(dueTime, nameof(dueTime));
        Validate(period, nameof(period));
        lock (_gate)
        {
            (_due, _period, _changed) = (dueTime, period, true);
            if (!_firing && !_disposed.IsCancellationRequested) _timer.Change(dueTime, Timeout.InfiniteTimeSpan);
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            if (_disposed.IsCancellationRequested) return;
            _disposed.Cancel();
            _timer.Dispose();
        }

        _owner.RemoveTimer(this);
    }

    private void Fire()
    {
        lock (_gate)
        {
            if (_firing || _disposed.IsCancellationRequested) return;
            _firing = true;
        }

        _owner.TryReceive(this);
    }

    public override async Task Run(Activation activation)
    {
        _changed = false;
        try
        {
            if (!_disposed.IsCancellationRequested) await _callback(_disposed.Token);
        }
        catch (Exception error)
        {
            TickFailed(activation.Runtime.Log, error, activation.GrainId);
        }

        lock (_gate)
        {
            _firing = false;
            if (!_disposed.IsCancellationRequested) _timer.Change(_changed ? _due : _period, Timeout.InfiniteTimeSpan);
        }
    }

    public override void Reject(Exception error)
    {
        // The activation has ended, and its timers with it.
    }

    private static void Validate(TimeSpan time, string name)
    {
        const long Longest = 0xfffffffe;
        var milliseconds = (long)time.TotalMilliseconds;
        ArgumentOutOfRangeException.ThrowIfLessThan(milliseconds, -1, name);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(milliseconds, Longest, name);
    }

    [LoggerMessage(LogLevel.Warning, "Caught and ignored exception thrown from timer callback of grain {GrainId}.")]
    private static partial void TickFailed(ILogger log, Exception error, GrainId grainId);
}
