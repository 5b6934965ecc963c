using System.Diagnostics.CodeAnalysis;
using Orleans.Runtime;
using Orleans.StandIn;

namespace Orleans.Runtime
{
    /// <summary>A grain's timer. Disposing it stops it; it ends with its activation.</summary>
    public interface IGrainTimer : IDisposable
    {
        /// <summary>Starts it anew; <see cref="Timeout.InfiniteTimeSpan"/> as due time stops it, as period lets it tick once.</summary>
        void Change(TimeSpan dueTime, TimeSpan period);
    }

    /// <summary>When a timer ticks and how its ticks fit among the grain's calls.</summary>
    public readonly struct GrainTimerCreationOptions
    {
        public GrainTimerCreationOptions()
        {
        }

        [SetsRequiredMembers]
        public GrainTimerCreationOptions(TimeSpan dueTime, TimeSpan period)
        {
            DueTime = dueTime;
            Period = period;
        }

        /// <summary>Until the first tick.</summary>
        public required TimeSpan DueTime { get; init; }

        /// <summary>From the end of one tick to the next.</summary>
        public required TimeSpan Period { get; init; }

        /// <summary>Ticks run while a call awaits. By default they wait as calls do.</summary>
        public bool Interleave { get; init; }

        /// <summary>Ticks count as use of the grain. By default they do not keep it from being collected.</summary>
        public bool KeepAlive { get; init; }
    }
}

namespace Orleans
{
    /// <summary>What any grain class can do, with or without the base class.</summary>
    public static class GrainBaseExtensions
    {
        /// <summary>Ends this activation when its running calls are done; the next call makes a new one.</summary>
        public static void DeactivateOnIdle(this IGrainBase grain)
        {
            ArgumentNullException.ThrowIfNull(grain);
            grain.GrainContext.Deactivate(new DeactivationReason(DeactivationReasonCode.ApplicationRequested, $"{nameof(DeactivateOnIdle)} was called."));
        }

        public static IGrainTimer RegisterGrainTimer<TState>(
            this IGrainBase grain, Func<TState, CancellationToken, Task> callback, TState state, GrainTimerCreationOptions options)
        {
            ArgumentNullException.ThrowIfNull(grain);
            ArgumentNullException.ThrowIfNull(callback);
            return GrainTimer.Start((Activation)grain.GrainContext, token => callback(state, token), options);
        }

        public static IGrainTimer RegisterGrainTimer<TState>(
            this IGrainBase grain, Func<TState, CancellationToken, Task> callback, TState state, TimeSpan dueTime, TimeSpan period)
            => grain.RegisterGrainTimer(callback, state, new GrainTimerCreationOptions(dueTime, period));

        public static IGrainTimer RegisterGrainTimer<TState>(
            this IGrainBase grain, Func<TState, Task> callback, TState state, GrainTimerCreationOptions options)
        {
            ArgumentNullException.ThrowIfNull(callback);
            return grain.RegisterGrainTimer((s, _) => callback(s), state, options);
        }

        public static IGrainTimer RegisterGrainTimer<TState>(
            this IGrainBase grain, Func<TState, Task> callback, TState state, TimeSpan dueTime, TimeSpan period)
            => grain.RegisterGrainTimer(callback, state, new GrainTimerCreationOptions(dueTime, period));

        public static IGrainTimer RegisterGrainTimer(this IGrainBase grain, Func<CancellationToken, Task> callback, GrainTimerCreationOptions options)
        {
            ArgumentNullException.ThrowIfNull(callback);
            return grain.RegisterGrainTimer(static (call, token) => call(token), callback, options);
        }

        public static IGrainTimer RegisterGrainTimer(this IGrainBase grain, Func<CancellationToken, Task> callback, TimeSpan dueTime, TimeSpan period)
            => grain.RegisterGrainTimer(callback, new GrainTimerCreationOptions(dueTime, period));

        public static IGrainTimer RegisterGrainTimer(this IGrainBase grain, Func<Task> callback, GrainTimerCreationOptions options)
        {
            ArgumentNullException.ThrowIfNull(callback);
            return grain.RegisterGrainTimer(static (call, _) => call(), callback, options);
        }

        public static IGrainTimer RegisterGrainTimer(this IGrainBase grain, Func<Task> callback, TimeSpan dueTime, TimeSpan period)
            => grain.RegisterGrainTimer(callback, new GrainTimerCreationOptions(dueTime, period));
    }
}
