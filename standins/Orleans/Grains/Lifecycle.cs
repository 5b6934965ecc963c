namespace Orleans
{
    /// <summary>Stages one can take part in.</summary>
    public interface ILifecycleObservable
    {
        IDisposable Subscribe(string observerName, int stage, ILifecycleObserver observer);
    }

    public interface ILifecycleObserver
    {
        Task OnStart(CancellationToken cancellationToken = default);

        Task OnStop(CancellationToken cancellationToken = default);
    }

    public interface ILifecycleParticipant<TLifecycleObservable> where TLifecycleObservable : ILifecycleObservable
    {
        void Participate(TLifecycleObservable lifecycle);
    }

    /// <summary>Subscriptions by function.</summary>
    public static class LifecycleExtensions
    {
        public static IDisposable Subscribe(this ILifecycleObservable observable, string observerName, int stage, Func<CancellationToken, Task> onStart)
            => observable.Subscribe(observerName, stage, onStart, null);

        public static IDisposable Subscribe(
            this ILifecycleObservable observable, string observerName, int stage, Func<CancellationToken, Task> onStart, Func<CancellationToken, Task>? onStop)
        {
            ArgumentNullException.ThrowIfNull(observable);
            return observable.Subscribe(observerName, stage, new Observer(onStart, onStop));
        }

        private sealed class Observer(Func<CancellationToken, Task> onStart, Func<CancellationToken, Task>? onStop) : ILifecycleObserver
        {
            public Task OnStart(CancellationToken cancellationToken) => onStart(cancellationToken);

            public Task OnStop(CancellationToken cancellationToken) => onStop?.Invoke(cancellationToken) ?? Task.CompletedTask;
        }
    }

    /// <summary>The silo's stages, in the order of their start; they stop the other way round.</summary>
    public static class ServiceLifecycleStage
    {
        public const int First = int.MinValue;
        public const int RuntimeInitialize = 2000;
        public const int RuntimeServices = 4000;
        public const int RuntimeStorageServices = 6000;
        public const int RuntimeGrainServices = 8000;
        public const int AfterRuntimeGrainServices = 8100;
        public const int ApplicationServices = 10000;
        public const int GrainDeactivation = 19998;
        public const int BecomeActive = 19999;
        public const int Active = 20000;
        public const int Last = int.MaxValue;
    }
}

namespace Orleans.Runtime
{
    public interface IGrainLifecycle : ILifecycleObservable;

    public interface ISiloLifecycle : ILifecycleObservable
    {
        int HighestCompletedStage { get; }

        int LowestStoppedStage { get; }
    }

    /// <summary>A grain's stages: state is read at <see cref="SetupState"/>, before <c>OnActivateAsync</c>.</summary>
    public static class GrainLifecycleStage
    {
        public const int First = int.MinValue;
        public const int SetupState = 1000;
        public const int Activate = 2000;
        public const int Last = int.MaxValue;
    }
}

namespace Orleans.StandIn
{
    using Orleans.Runtime;

    /// <summary>Starts its observers stage by stage, those of one stage together, and stops what it has started in the reverse order.</summary>
    internal sealed class Lifecycle : IGrainLifecycle, ISiloLifecycle
    {
        private readonly List<Subscription> _subscriptions = [];

        public int HighestCompletedStage { get; private set; } = int.MinValue;

        public int LowestStoppedStage { get; private set; } = int.MaxValue;

        public IDisposable Subscribe(string observerName, int stage, ILifecycleObserver observer)
        {
            var subscription = new Subscription(this, stage, observer);
            _subscriptions.Add(subscription);
            return subscription;
        }

        public async Task Start(CancellationToken cancellationToken)
        {
            foreach (var stage in _subscriptions.GroupBy(s => s.Stage).OrderBy(s => s.Key).ToArray())
            {
                cancellationToken.ThrowIfCancellationRequested();
                foreach (var subscription in stage) subscription.Started = true;
                await Task.WhenAll(stage.Select(s => s.Observer.OnStart(cancellationToken)));
                HighestCompletedStage = stage.Key;
            }
        }

        /// <summary>Stops every started stage, whatever the others do.</summary>
        /// <exception cref="AggregateException">What the observers threw.</exception>
        public async Task Stop(CancellationToken cancellationToken)
        {
            var errors = new List<Exception>();
            foreach (var stage in _subscriptions.Where(s => s.Started).GroupBy(s => s.Stage).OrderByDescending(s => s.Key).ToArray())
            {
                try
                {
                    foreach (var subscription in stage) subscription.Started = false;
                    await Task.WhenAll(stage.Select(s => s.Observer.OnStop(cancellationToken)));
                }
                catch (Exception error)
                {
                    errors.Add(error);
                }

                LowestStoppedStage = stage.Key;
            }

            if (errors.Count > 0) throw new AggregateException(errors);
        }

        private sealed class Subscription(Lifecycle owner, int stage, ILifecycleObserver observer) : IDisposable
        {
            public int Stage => stage;

            public ILifecycleObserver Observer => observer;

            public bool Started { get; set; }

            public void Dispose() => owner._subscriptions.Remove(this);
        }
    }
}
