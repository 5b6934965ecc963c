namespace TorchSharp;

public static unsafe partial class torch
{
    internal static nint[] Handles(IEnumerable<Tensor>? tensors) => tensors is null ? [] : [.. tensors.Select(Tensor.HandleOf)];

    public static partial class autograd
    {
        /// <summary>Gradients of the outputs' sum (weighted by <paramref name="grad_outputs"/>) by the inputs; leaves no trace in any tensor's grad.</summary>
        public static IList<Tensor> grad(IList<Tensor> outputs, IList<Tensor> inputs, IList<Tensor>? grad_outputs = null, bool retain_graph = false, bool create_graph = false, bool allow_unused = false)
        {
            nint* r;
            long n;
            fixed (nint* o = Handles(outputs))
            fixed (nint* i = Handles(inputs))
            fixed (nint* g = Handles(grad_outputs))
                Errors.Check(RuntimeCalls.autograd_grad(o, outputs.Count, i, inputs.Count, g, grad_outputs?.Count ?? 0,
                    retain_graph ? 1 : 0, create_graph ? 1 : 0, allow_unused ? 1 : 0, &r, &n));
            GC.KeepAlive(outputs);
            GC.KeepAlive(inputs);
            GC.KeepAlive(grad_outputs);
            return Tensor.Adopt(r, n);
        }

        /// <summary>Adds the gradients of the tensors' sum (weighted by <paramref name="grad_tensors"/>) to the grad of the leaves.</summary>
        public static void backward(IList<Tensor> tensors, IList<Tensor>? grad_tensors = null, bool? retain_graph = null, bool create_graph = false, IList<Tensor>? inputs = null)
        {
            fixed (nint* t = Handles(tensors))
            fixed (nint* g = Handles(grad_tensors))
            fixed (nint* i = Handles(inputs))
                Errors.Check(RuntimeCalls.backward(t, tensors.Count, g, grad_tensors?.Count ?? 0,
                    retain_graph ?? create_graph ? 1 : 0, create_graph ? 1 : 0, i, inputs?.Count ?? 0));
            GC.KeepAlive(tensors);
            GC.KeepAlive(grad_tensors);
            GC.KeepAlive(inputs);
        }

        public static void backward(Tensor tensor, IList<Tensor>? grad_tensors = null, bool? retain_graph = null, bool create_graph = false, IList<Tensor>? inputs = null) =>
            backward([tensor], grad_tensors, retain_graph, create_graph, inputs);

        public static void backward(Tensor tensor, Tensor grad_tensor, bool? retain_graph = null, bool create_graph = false, IList<Tensor>? inputs = null) =>
            backward([tensor], [grad_tensor], retain_graph, create_graph, inputs);
    }
}
