using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime;

namespace Orleans.StandIn;

internal enum ActivationState
{
    Created,
    Activating,
    Valid,
    Deactivating,
    Invalid,
}

/// <summary>
/// One living grain: its object, its turns and its end. Decides which call may begin (<see cref="MayBegin"/>): while one call awaits,
/// others wait, unless one of Orleans' rules for interleaving lets them in.
/// </summary>
internal sealed partial class Activation : IGrainContext, ITurnTarget
{
    /// <summary>How long a grain that failed to activate holds back its next attempt, as in Orleans.</summary>
    private static readonly TimeSpan s_failedActivationDelay = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly LinkedList<Turn> _waiting = new();
    private readonly ActivationScheduler _scheduler;
    private readonly Lifecycle _lifecycle = new();
    private readonly AsyncServiceScope _scope;
    private readonly TaskCompletionSource _deactivated = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Action<Activation> _ended;
    private readonly HashSet<GrainTimer> _timers = [];
    private ActivationState _state = ActivationState.Created;
    private Turn? _blocking;
    private int _running;
    private int _waitingSpecial;
    private bool _settled;
    private bool _wasValid;
    private bool _finishing;
    private Dictionary<Guid, int>? _reentrantChains;
    private long _idleSince;
    private DateTimeOffset _keepAliveUntil;
    private DeactivationReason _reason;
    private GrainReference? _reference;

    public Activation(SiloRuntime runtime, GrainClass grainClass, GrainId grainId, Action<Activation> ended)
    {
        Runtime = runtime;
        Class = grainClass;
        GrainId = grainId;
        _ended = ended;
        _scope = runtime.Services.CreateAsyncScope();
        _scheduler = new ActivationScheduler(this);
        _idleSince = runtime.Time.GetTimestamp();
    }

    public SiloRuntime Runtime { get; }

    public GrainClass Class { get; }

    public GrainId GrainId { get; }

    public object? GrainInstance { get; private set; }

    public IServiceProvider ActivationServices => _scope.ServiceProvider;

    public IGrainLifecycle ObservableLifecycle => _lifecycle;

    public Task Deactivated => _deactivated.Task;

    public GrainReference GrainReference => _reference ??= Runtime.Interfaces.For(Class.PrimaryInterface).Refer(Runtime, GrainId);

    public IReadOnlyCollection<Activation> Activations => [this];

    public bool Equals(IGrainContext? other) => ReferenceEquals(this, other);

    /// <summary>Turns that run or wait.</summary>
    public int Load
    {
        get { lock (_gate) return _running + _waiting.Count; }
    }

    public bool TryReceive(Turn turn)
    {
        var activate = false;
        var begin = false;
        lock (_gate)
        {
            if (_state is ActivationState.Invalid) return false;
            turn.Activation = this;
            if (_state is ActivationState.Created)
            {
                _state = ActivationState.Activating;
                activate = true;
            }

            begin = CanBeginAny(turn) && MayBegin(turn);
            if (begin) Begun(turn);
            else Enqueue(turn);
        }

        if (activate) _scheduler.Run(static state => _ = ((Activation)state!).Activate(), this);
        if (begin) Begin(turn);
        return true;
    }

    private void Enqueue(Turn turn)
    {
        _waiting.AddLast(turn);
        if (IsSpecial(turn)) _waitingSpecial++;
    }

    /// <summary>True of turns that may begin although an earlier one may not.</summary>
    private bool IsSpecial(Turn turn)
        => turn.AlwaysInterleave || turn.ReadOnly || turn.IsLocalOnly || turn.ReentrancyId != Guid.Empty || Class.MayInterleave is not null;

    private bool CanBeginAny(Turn turn) => _state is ActivationState.Valid || (_state is ActivationState.Deactivating && turn.IsLocalOnly && GrainInstance is not null);

    private bool MayBegin(Turn turn)
        => _running == 0
        || turn.AlwaysInterleave
        || _blocking is null
        || (_blocking.ReadOnly && turn.ReadOnly)
        || (_reentrantChains is not null && _reentrantChains.ContainsKey(turn.ReentrancyId))
        || Class.IsReentrant
        || (Class.MayInterleave is { } may && (may(GrainInstance!, turn) || may(GrainInstance!, _blocking)));

    private void Begun(Turn turn)
    {
        _running++;
        if (_blocking is null && !turn.AlwaysInterleave) _blocking = turn;
    }

    private void Begin(Turn turn) => _scheduler.Run(static state => _ = ((Turn)state!).Activation!.RunTurn((Turn)state), turn);

    private async Task RunTurn(Turn turn)
    {
        if (!turn.IsAbandoned) await turn.Run(this);
        Ended(turn);
    }

    private void Ended(Turn turn)
    {
        List<Turn>? ready = null;
        Turn? first = null;
        bool finish;
        lock (_gate)
        {
            _running--;
            if (ReferenceEquals(_blocking, turn)) _blocking = null;
            if (_running == 0 && turn.KeepAlive) _idleSince = Runtime.Time.GetTimestamp();
            TakeReady(ref first, ref ready);
            finish = ShouldFinish();
        }

        if (first is not null) Begin(first);
        if (ready is not null)
        {
            foreach (var next in ready) Begin(next);
        }

        if (finish) _scheduler.Run(static state => _ = ((Activation)state!).FinishDeactivating(), this);
    }

    /// <summary>Takes the waiting turns that may begin now, in their order.</summary>
    private void TakeReady(ref Turn? first, ref List<Turn>? more)
    {
        for (var node = _waiting.First; node is not null;)
        {
            var (here, turn) = (node, node.Value);
            node = node.Next;
            Exception? error = null;
            try
            {
                if (!CanBeginAny(turn) || !MayBegin(turn))
                {
                    if (_waitingSpecial == 0) return;
                    continue;
                }
            }
            catch (Exception predicateError)
            {
                error = predicateError;
            }

            _waiting.Remove(here);
            if (IsSpecial(turn)) _waitingSpecial--;
            if (error is not null)
            {
                turn.Reject(error);
                continue;
            }

            Begun(turn);
            if (first is null) first = turn;
            else (more ??= []).Add(turn);
        }
    }

    /// <summary>True once, when a requested end can be carried out: activation has settled and nothing runs.</summary>
    private bool ShouldFinish()
    {
        if (_state is not ActivationState.Deactivating || !_settled || _running > 0 || _finishing) return false;
        return _finishing = true;
    }

    /// <summary>Lets turns of the call chain <paramref name="id"/> in until it is left.</summary>
    public void EnterReentrantSection(Guid id)
    {
        lock (_gate)
        {
            _reentrantChains ??= [];
            _reentrantChains[id] = _reentrantChains.GetValueOrDefault(id) + 1;
        }
    }

    public void LeaveReentrantSection(Guid id)
    {
        lock (_gate)
        {
            if (_reentrantChains?.GetValueOrDefault(id) is > 1 and var depth) _reentrantChains[id] = depth - 1;
            else _reentrantChains?.Remove(id);
        }
    }

    public void AddTimer(GrainTimer timer)
    {
        lock (_gate) _timers.Add(timer);
    }

    public void RemoveTimer(GrainTimer timer)
    {
        lock (_gate) _timers.Remove(timer);
    }

    /// <summary>Runs <paramref name="turn"/> here at once, beside any call: for the runtime's own short work.</summary>
    public void RunBeside(Action<object?> turn, object state) => _scheduler.Run(turn, state);
}
