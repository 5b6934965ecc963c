using System.Diagnostics;

namespace Orleans.StandIn;

/// <summary>
/// Runs the turns of one activation: one at a time, in the order they became ready, on the thread pool. As it is the current
/// <see cref="TaskScheduler"/> of every turn, what a grain awaits resumes here.
/// </summary>
internal sealed class ActivationScheduler(Activation activation) : TaskScheduler, IThreadPoolWorkItem
{
    /// <summary>After so long others get the thread.</summary>
    private static readonly TimeSpan s_quantum = TimeSpan.FromMilliseconds(100);

    private readonly Lock _gate = new();
    private readonly Queue<Task> _ready = new();
    private bool _running;

    public override int MaximumConcurrencyLevel => 1;

    /// <summary>Runs <paramref name="turn"/> as a turn, free of the caller's ambient values.</summary>
    public void Run(Action<object?> turn, object state)
    {
        if (ExecutionContext.IsFlowSuppressed())
        {
            _ = Task.Factory.StartNew(turn, state, CancellationToken.None, TaskCreationOptions.DenyChildAttach, this);
            return;
        }

        using (ExecutionContext.SuppressFlow())
            _ = Task.Factory.StartNew(turn, state, CancellationToken.None, TaskCreationOptions.DenyChildAttach, this);
    }

    protected override void QueueTask(Task task)
    {
        lock (_gate)
        {
            _ready.Enqueue(task);
            if (_running) return;
            _running = true;
        }

        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: true);
    }

    void IThreadPoolWorkItem.Execute()
    {
        var before = RuntimeContext.Enter(activation);
        try
        {
            var since = Stopwatch.GetTimestamp();
            do
            {
                Task? task;
                lock (_gate)
                {
                    if (!_ready.TryDequeue(out task))
                    {
                        _running = false;
                        return;
                    }
                }

                TryExecuteTask(task);
            }
            while (Stopwatch.GetElapsedTime(since) < s_quantum);
        }
        finally
        {
            RuntimeContext.Enter(before);
        }

        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued)
        => !taskWasPreviouslyQueued && ReferenceEquals(RuntimeContext.Current, activation) && TryExecuteTask(task);

    protected override IEnumerable<Task> GetScheduledTasks()
    {
        lock (_gate) return _ready.ToArray();
    }
}
