using System.Linq.Expressions;
using System.Reflection;
using Orleans.Concurrency;
using Orleans.Runtime;

namespace Orleans.StandIn;

/// <summary>The result of a method that returns none.</summary>
internal readonly record struct Nothing;

/// <summary>One method of a grain interface: its rules, and how it is called.</summary>
internal abstract class GrainMethod
{
    private readonly TypeCopier?[] _argumentCopiers;

    protected GrainMethod(MethodInfo method, DeepCopier copier)
    {
        Method = method;
        IsOneWay = method.IsDefined(typeof(OneWayAttribute));
        IsReadOnly = method.IsDefined(typeof(ReadOnlyAttribute));
        AlwaysInterleave = method.IsDefined(typeof(AlwaysInterleaveAttribute));
        Timeout = method.GetCustomAttribute<ResponseTimeoutAttribute>()?.Timeout;
        var parameters = method.GetParameters();
        TokenIndex = Array.FindIndex(parameters, p => p.ParameterType == typeof(CancellationToken));
        Copier = copier;
        _argumentCopiers = [.. parameters.Select(p => p.IsDefined(typeof(ImmutableAttribute)) ? null : copier.ForDeclared(p.ParameterType))];
        CopiesArguments = _argumentCopiers.Any(c => c is not null);
    }

    public MethodInfo Method { get; }

    public string InterfaceName => Method.DeclaringType!.FullName!;

    public bool IsOneWay { get; }

    public bool IsReadOnly { get; }

    public bool AlwaysInterleave { get; }

    public TimeSpan? Timeout { get; }

    /// <summary>Which parameter is a cancellation token; -1: none.</summary>
    public int TokenIndex { get; }

    protected DeepCopier Copier { get; }

    private bool CopiesArguments { get; }

    /// <summary>Replaces each argument by a copy that the caller cannot reach.</summary>
    protected void CopyArguments(object?[] arguments)
    {
        if (!CopiesArguments) return;
        var context = new CopyContext();
        for (var i = 0; i < arguments.Length; i++)
        {
            if (_argumentCopiers[i] is { } copier && arguments[i] is { } argument) arguments[i] = copier.CopyTracked(argument, context);
        }
    }

    public static GrainMethod Create(MethodInfo method, DeepCopier copier)
    {
        var result = method.ReturnType == typeof(Task) || method.ReturnType == typeof(ValueTask) ? typeof(Nothing)
            : method.ReturnType.GetGenericArguments()[0];
        return (GrainMethod)Activator.CreateInstance(typeof(GrainMethod<>).MakeGenericType(result), method, copier)!;
    }
}

/// <inheritdoc/>
internal sealed class GrainMethod<TResult> : GrainMethod
{
    private readonly Func<object, object?[], ValueTask<TResult>> _invoke;
    private readonly TypeCopier? _resultCopier;

    public GrainMethod(MethodInfo method, DeepCopier copier) : base(method, copier)
    {
        _invoke = Compile(method);
        _resultCopier = typeof(TResult) == typeof(Nothing) || method.ReturnParameter.IsDefined(typeof(ImmutableAttribute))
            ? null
            : copier.ForDeclared(typeof(TResult));
    }

    /// <summary>Makes the call; the task is its answer.</summary>
    public Task<TResult> Call(GrainReference target, object?[] arguments)
    {
        CopyArguments(arguments);
        var call = new GrainCall<TResult>(this, target, arguments);
        return call.Send();
    }

    public ValueTask<TResult> Invoke(object grain, object?[] arguments) => _invoke(grain, arguments);

    public TResult CopyResult(TResult result)
        => _resultCopier is not null && result is not null ? (TResult)_resultCopier.CopyTracked(result, new CopyContext()) : result;

    private static Func<object, object?[], ValueTask<TResult>> Compile(MethodInfo method)
    {
        var grain = Expression.Parameter(typeof(object));
        var arguments = Expression.Parameter(typeof(object[]));
        var call = Expression.Call(
            Expression.Convert(grain, method.DeclaringType!),
            method,
            method.GetParameters().Select((p, i) => Expression.Convert(Expression.ArrayIndex(arguments, Expression.Constant(i)), p.ParameterType)));
        var uniform = typeof(GrainMethod<TResult>).GetMethod(
            nameof(Uniform), BindingFlags.NonPublic | BindingFlags.Static, [method.ReturnType])!;
        return Expression.Lambda<Func<object, object?[], ValueTask<TResult>>>(Expression.Call(uniform, call), grain, arguments).Compile();
    }

    private static async ValueTask<TResult> Uniform(Task task)
    {
        await task;
        return default!;
    }

    private static async ValueTask<TResult> Uniform(ValueTask task)
    {
        await task;
        return default!;
    }

    private static ValueTask<TResult> Uniform(Task<TResult> task) => new(task);

    private static ValueTask<TResult> Uniform(ValueTask<TResult> task) => task;
}
