using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;
using Orleans.Serialization.Invocation;
using Orleans.Storage;

namespace Orleans.StandIn;

/// <summary>One call to a grain, from the caller's side and the grain's.</summary>
[SuppressMessage("Reliability", "CA1001", Justification = "The source has no timer, and the grain may hold its token for as long as it likes.")]
internal abstract partial class GrainCall : Turn, IInvokable
{
    private readonly GrainMethod _method;
    private readonly CancellationTokenSource? _cancellation;
    private CancellationTokenRegistration _registration;

    protected GrainCall(GrainMethod method, GrainReference target, object?[] arguments)
    {
        _method = method;
        Reference = target;
        Arguments = arguments;
        SourceId = RuntimeContext.Current?.GrainId;
        RequestContext = Runtime.RequestContext.Export();
        Timeout = method.Timeout ?? target.Runtime.ResponseTimeout;
        if (method.TokenIndex >= 0 && arguments[method.TokenIndex] is CancellationToken { CanBeCanceled: true } token)
        {
            CallerToken = token;
            _cancellation = new CancellationTokenSource();
            arguments[method.TokenIndex] = _cancellation.Token;
        }
    }

    public GrainReference Reference { get; }

    public GrainId TargetId => Reference.GrainId;

    public GrainClass Class => Reference.Class;

    public GrainId? SourceId { get; }

    public Dictionary<string, object>? RequestContext { get; }

    public TimeSpan Timeout { get; }

    /// <summary>When it was made, in <see cref="System.Diagnostics.Stopwatch"/> ticks.</summary>
    public long Started { get; } = System.Diagnostics.Stopwatch.GetTimestamp();

    /// <summary>Its neighbours among the calls that await an answer; kept by <see cref="PendingCalls"/>.</summary>
    public GrainCall? Before { get; set; }

    /// <inheritdoc cref="Before"/>
    public GrainCall? After { get; set; }

    public override bool AlwaysInterleave => _method.AlwaysInterleave;

    public override bool ReadOnly => _method.IsReadOnly;

    public override Guid ReentrancyId => RequestContext is not null && RequestContext.TryGetValue("#CCR", out var id) ? (Guid)id : Guid.Empty;

    protected bool IsOneWay => _method.IsOneWay;

    protected object?[] Arguments { get; }

    protected SiloRuntime Silo => Reference.Runtime;

    protected CancellationToken CallerToken { get; }

    /// <summary>Runs the method, boxed; for filters.</summary>
    public abstract ValueTask<object?> InvokeMethod(object grain);

    /// <summary>Answers with <paramref name="error"/>, if nothing else has answered.</summary>
    protected abstract bool Fail(Exception error);

    public override void Reject(Exception error)
    {
        if (IsOneWay) OneWayFailed(Silo.Log, error, this);
        else if (Fail(error)) Forget();
    }

    public void TimeOut()
    {
        if (!Fail(new TimeoutException($"Response did not arrive on time in {Timeout} for message: {this}."))) return;
        Forget();
        TimedOut(Silo.Log, this, Timeout);
        if (Silo.CancelRequestOnTimeout) SignalCancellation();
    }

    protected void Track()
    {
        Silo.Pending.Add(this);
        if (_cancellation is not null)
            _registration = CallerToken.UnsafeRegister(static state => ((GrainCall)state!).Cancelled(), this);
    }

    /// <summary>Nobody waits for an answer any more.</summary>
    protected void Forget()
    {
        Silo.Pending.Remove(this);
        _registration.Dispose();
    }

    private void Cancelled()
    {
        if (!Fail(new OperationCanceledException(CallerToken))) return;
        Silo.Pending.Remove(this);
        SignalCancellation();
    }

    /// <summary>The grain's own token is cancelled on the grain's turn, as all its code runs there.</summary>
    private void SignalCancellation()
    {
        if (_cancellation is not null) Activation?.RunBeside(static state => ((CancellationTokenSource)state!).Cancel(), _cancellation);
    }

    /// <summary>A grain whose view of its state proved stale must read it again: its activation ends.</summary>
    protected void Failed(Activation activation, Exception error)
    {
        if (error is InconsistentStateException { IsSourceActivation: true } stale)
        {
            stale.IsSourceActivation = false;
            activation.Deactivate(new DeactivationReason(DeactivationReasonCode.ApplicationError, error.ToString()));
        }

        Reject(error);
    }

    public string GetMethodName() => _method.Method.Name;

    public string GetInterfaceName() => _method.InterfaceName;

    public Type GetInterfaceType() => _method.Method.DeclaringType!;

    public MethodInfo GetMethod() => _method.Method;

    public int GetArgumentCount() => Arguments.Length;

    public object? GetArgument(int index) => Arguments[index];

    public void SetArgument(int index, object value) => Arguments[index] = value;

    public override string ToString() => $"[{SourceId?.ToString() ?? "client"} -> {TargetId}] {GetInterfaceName()}.{GetMethodName()}";

    [LoggerMessage(LogLevel.Warning, "Response did not arrive on time in {Timeout} for message: {Call}.")]
    private static partial void TimedOut(ILogger log, GrainCall call, TimeSpan timeout);

    [LoggerMessage(LogLevel.Warning, "The one-way call {Call} failed.")]
    private static partial void OneWayFailed(ILogger log, Exception error, GrainCall call);
}

/// <inheritdoc/>
internal sealed class GrainCall<TResult>(GrainMethod<TResult> method, GrainReference target, object?[] arguments) : GrainCall(method, target, arguments)
{
    private readonly TaskCompletionSource<TResult> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public override bool IsAbandoned => !IsOneWay && _answer.Task.IsCompleted;

    public Task<TResult> Send()
    {
        if (CallerToken.IsCancellationRequested) return Task.FromCanceled<TResult>(CallerToken);
        if (Silo.WhyClosed is { } closed && (SourceId is null || Silo.IsStopped))
            return Task.FromException<TResult>(new SiloUnavailableException($"{closed} The call {this} was not made."));

        if (IsOneWay) _answer.SetResult(default!);
        else Track();
        if (Reference.LastTarget?.TryReceive(this) is not true) Silo.Catalog.Dispatch(this);
        Reference.LastTarget = Class.StatelessWorkers is null ? Activation : null;
        return _answer.Task;
    }

    public override async Task Run(Activation activation)
    {
        try
        {
            Runtime.RequestContext.Import(RequestContext);
            var grain = activation.GrainInstance!;
            var filters = Silo.Filters;
            TResult result;
            if (filters.Length == 0 && !Class.IsFilter)
            {
                result = await method.Invoke(grain, Arguments);
            }
            else
            {
                var context = new IncomingCall(this, activation, filters);
                await context.Invoke();
                result = context.Result is TResult typed ? typed : default!;
            }

            if (_answer.TrySetResult(method.CopyResult(result))) Forget();
        }
        catch (Exception error)
        {
            Failed(activation, error);
        }
    }

    public override async ValueTask<object?> InvokeMethod(object grain)
    {
        var result = await method.Invoke(grain, Arguments);
        return typeof(TResult) == typeof(Nothing) ? null : result;
    }

    protected override bool Fail(Exception error)
        => CallerToken.IsCancellationRequested && error is OperationCanceledException cancelled && cancelled.CancellationToken == CallerToken
            ? _answer.TrySetCanceled(CallerToken)
            : _answer.TrySetException(error);
}
