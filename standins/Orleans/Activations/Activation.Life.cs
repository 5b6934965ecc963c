using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace Orleans.StandIn;

/// <summary>Beginning, idleness and end.</summary>
internal sealed partial class Activation
{
    private async Task Activate()
    {
        var held = false;
        try
        {
            Turn? cause;
            lock (_gate) cause = _waiting.First?.Value;
            RequestContext.Import((cause as GrainCall)?.RequestContext);

            GrainInstance = Class.Create(this);
            if (GrainInstance is ILifecycleParticipant<IGrainLifecycle> participant) participant.Participate(_lifecycle);

            held = true;
            using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Runtime.Stopping);
            deadline.CancelAfter(Runtime.Collection.ActivationTimeout);
            var token = deadline.Token;
            await _lifecycle.Start(token).WaitAsync(token);
            if (GrainInstance is IGrainBase grain) await grain.OnActivateAsync(token).WaitAsync(token);
        }
        catch (OperationCanceledException) when (Runtime.Stopping.IsCancellationRequested)
        {
            Deactivate(new DeactivationReason(
                DeactivationReasonCode.ActivationFailed, new SiloUnavailableException($"The silo stopped while it activated grain {GrainId}."), "Shutdown."));
        }
        catch (Exception error)
        {
            ActivationFailed(Runtime.Log, error, GrainId);
            Deactivate(new DeactivationReason(DeactivationReasonCode.ActivationFailed, error, "Failed to activate grain."));
            if (held) await HoldBack();
        }

        Settle();
    }

    private async Task HoldBack()
    {
        try
        {
            await Task.Delay(s_failedActivationDelay, Runtime.Time, Runtime.Stopping);
        }
        catch (OperationCanceledException)
        {
            // The silo stops: there will be no next attempt to hold back.
        }
    }

    /// <summary>Activation has come to its end, well or not: begin what waits, or carry out an end that was asked for meanwhile.</summary>
    private void Settle()
    {
        List<Turn>? ready = null;
        Turn? first = null;
        bool finish;
        lock (_gate)
        {
            _settled = true;
            if (_state is ActivationState.Activating)
            {
                _state = ActivationState.Valid;
                _wasValid = true;
            }

            _idleSince = Runtime.Time.GetTimestamp();
            TakeReady(ref first, ref ready);
            finish = ShouldFinish();
        }

        if (first is not null) Begin(first);
        foreach (var next in ready ?? []) Begin(next);
        if (finish) _scheduler.Run(static state => _ = ((Activation)state!).FinishDeactivating(), this);
    }

    public void Deactivate(DeactivationReason deactivationReason, CancellationToken cancellationToken = default)
    {
        bool finish;
        lock (_gate)
        {
            if (_state is ActivationState.Invalid) return;
            if (_reason.ReasonCode is DeactivationReasonCode.None) _reason = deactivationReason;
            if (_state is ActivationState.Created) _settled = true;
            _state = ActivationState.Deactivating;
            finish = ShouldFinish();
        }

        if (finish) _scheduler.Run(static state => _ = ((Activation)state!).FinishDeactivating(), this);
    }

    private async Task FinishDeactivating()
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Runtime.Killed);
        deadline.CancelAfter(Runtime.Collection.DeactivationTimeout);
        GrainTimer[] timers;
        lock (_gate) timers = [.. _timers];
        foreach (var timer in timers) timer.Dispose();

        try
        {
            if (_wasValid && GrainInstance is IGrainBase grain)
                await grain.OnDeactivateAsync(_reason, deadline.Token).WaitAsync(deadline.Token);
        }
        catch (Exception error)
        {
            DeactivationFailed(Runtime.Log, error, GrainId);
        }

        try
        {
            await _lifecycle.Stop(deadline.Token).WaitAsync(deadline.Token);
            if (GrainInstance is IAsyncDisposable asyncDisposable) await asyncDisposable.DisposeAsync();
            else if (GrainInstance is IDisposable disposable) disposable.Dispose();
            await _scope.DisposeAsync();
        }
        catch (Exception error)
        {
            DeactivationFailed(Runtime.Log, error, GrainId);
        }

        Turn[] left;
        lock (_gate)
        {
            _state = ActivationState.Invalid;
            left = [.. _waiting];
            _waiting.Clear();
        }

        _ended(this);
        _deactivated.TrySetResult();
        foreach (var turn in left)
        {
            if (turn.IsLocalOnly) continue;
            if (_reason.Exception is { } error) turn.Reject(error);
            else if (!turn.IsAbandoned) Runtime.Catalog.Dispatch((GrainCall)turn);
        }
    }

    public void DelayDeactivation(TimeSpan time)
    {
        var now = Runtime.Time.GetUtcNow();
        lock (_gate)
        {
            _keepAliveUntil = time == Timeout.InfiniteTimeSpan || time > DateTimeOffset.MaxValue - now ? DateTimeOffset.MaxValue
                : time <= TimeSpan.Zero ? default
                : now + time;
        }
    }

    /// <summary>Ends the activation if nothing has used it for <paramref name="age"/>.</summary>
    public void CollectIfIdle(TimeSpan age)
    {
        lock (_gate)
        {
            if (_state is not ActivationState.Valid || _running > 0 || _waiting.Count > 0) return;
            if (Runtime.Time.GetUtcNow() < _keepAliveUntil || Runtime.Time.GetElapsedTime(_idleSince) < age) return;
        }

        Deactivate(new DeactivationReason(DeactivationReasonCode.ActivationIdle, $"Idle for at least {age}."));
    }

    [LoggerMessage(LogLevel.Error, "Failed to activate grain {GrainId}")]
    private static partial void ActivationFailed(ILogger log, Exception error, GrainId grainId);

    [LoggerMessage(LogLevel.Error, "Error while deactivating grain {GrainId}")]
    private static partial void DeactivationFailed(ILogger log, Exception error, GrainId grainId);
}
