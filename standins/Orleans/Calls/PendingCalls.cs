using System.Diagnostics;

namespace Orleans.StandIn;

/// <summary>
/// The calls that await an answer, looked through now and then for those that have waited too long. Their time is the machine's, not
/// the host's <see cref="TimeProvider"/>: a clock that stands still in a test does not disarm timeouts.
/// </summary>
internal sealed class PendingCalls : IDisposable
{
    private static readonly TimeSpan s_longestInterval = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan s_shortestInterval = TimeSpan.FromMilliseconds(5);

    private readonly List[] _lists = [.. Enumerable.Range(0, Math.Max(1, Environment.ProcessorCount)).Select(_ => new List())];
    private readonly Timer _timer;

    /// <param name="usual">The silo's response timeout; the shorter, the more often is looked.</param>
    public PendingCalls(TimeSpan usual)
    {
        var interval = TimeSpan.FromTicks(Math.Clamp(usual.Ticks / 4, s_shortestInterval.Ticks, s_longestInterval.Ticks));
        _timer = new Timer(static state => ((PendingCalls)state!).TimeOutOld(), this, interval, interval);
    }

    public void Add(GrainCall call) => ListOf(call).Add(call);

    public void Remove(GrainCall call) => ListOf(call).Remove(call);

    public void RejectAll(Func<GrainCall, Exception> error)
    {
        foreach (var list in _lists)
        {
            foreach (var call in list.Where(_ => true)) call.Reject(error(call));
        }
    }

    public void Dispose() => _timer.Dispose();

    private List ListOf(GrainCall call) => _lists[(call.TargetId.GetHashCode() & int.MaxValue) % _lists.Length];

    private void TimeOutOld()
    {
        foreach (var list in _lists)
        {
            foreach (var call in list.Where(c => c.Timeout != Timeout.InfiniteTimeSpan && Stopwatch.GetElapsedTime(c.Started) > c.Timeout)) call.TimeOut();
        }
    }

    /// <summary>A doubly linked list through the calls themselves.</summary>
    private sealed class List
    {
        private readonly Lock _gate = new();
        private GrainCall? _first;

        public void Add(GrainCall call)
        {
            lock (_gate)
            {
                call.After = _first;
                if (_first is not null) _first.Before = call;
                _first = call;
            }
        }

        public void Remove(GrainCall call)
        {
            lock (_gate)
            {
                if (!ReferenceEquals(_first, call) && call.Before is null) return;
                if (call.Before is null) _first = call.After;
                else call.Before.After = call.After;
                if (call.After is not null) call.After.Before = call.Before;
                call.Before = call.After = null;
            }
        }

        public List<GrainCall> Where(Func<GrainCall, bool> condition)
        {
            var found = new List<GrainCall>();
            lock (_gate)
            {
                for (var call = _first; call is not null; call = call.After)
                {
                    if (condition(call)) found.Add(call);
                }
            }

            return found;
        }
    }
}
