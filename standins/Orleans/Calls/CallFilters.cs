using System.Reflection;
using Orleans.Runtime;
using Orleans.Serialization.Invocation;

namespace Orleans.Serialization.Invocation
{
    /// <summary>A call's method and arguments.</summary>
    public interface IInvokable
    {
        string GetMethodName();

        string GetInterfaceName();

        Type GetInterfaceType();

        MethodInfo GetMethod();

        int GetArgumentCount();

        object? GetArgument(int index);

        void SetArgument(int index, object value);
    }
}

namespace Orleans
{
    /// <summary>A call on its way to a grain's method.</summary>
    public interface IGrainCallContext
    {
        IInvokable Request { get; }

        object Grain { get; }

        /// <summary>The calling grain; null for calls from outside.</summary>
        GrainId? SourceId { get; }

        GrainId TargetId { get; }

        string InterfaceName { get; }

        string MethodName { get; }

        MethodInfo InterfaceMethod { get; }

        /// <summary>The method's result, once <see cref="Invoke"/> is done; a filter may replace it.</summary>
        object? Result { get; set; }

        /// <summary>Goes on: to the next filter, in the end to the method.</summary>
        Task Invoke();
    }

    public interface IIncomingGrainCallContext : IGrainCallContext
    {
        IGrainContext TargetContext { get; }

        MethodInfo ImplementationMethod { get; }
    }

    /// <summary>Runs around every call to a grain, on the grain's turn.</summary>
    public interface IIncomingGrainCallFilter
    {
        Task Invoke(IIncomingGrainCallContext context);
    }

    public delegate Task IncomingGrainCallFilterDelegate(IIncomingGrainCallContext context);
}

namespace Orleans.StandIn
{
    internal sealed class DelegateFilter(IncomingGrainCallFilterDelegate filter) : IIncomingGrainCallFilter
    {
        public Task Invoke(IIncomingGrainCallContext context) => filter(context);
    }

    /// <summary>Walks the filters in their order, last the grain itself if it is one, then the method.</summary>
    internal sealed class IncomingCall(GrainCall call, Activation activation, IIncomingGrainCallFilter[] filters) : IIncomingGrainCallContext
    {
        private int _next;

        public IInvokable Request => call;

        public object Grain => activation.GrainInstance!;

        public GrainId? SourceId => call.SourceId;

        public GrainId TargetId => call.TargetId;

        public string InterfaceName => call.GetInterfaceName();

        public string MethodName => call.GetMethodName();

        public MethodInfo InterfaceMethod => call.GetMethod();

        public IGrainContext TargetContext => activation;

        public MethodInfo ImplementationMethod => activation.Class.Implementation(call.GetMethod());

        public object? Result { get; set; }

        public async Task Invoke()
        {
            var here = _next++;
            if (here < filters.Length) await filters[here].Invoke(this);
            else if (here == filters.Length && Grain is IIncomingGrainCallFilter own) await own.Invoke(this);
            else Result = await call.InvokeMethod(Grain);
        }
    }
}
