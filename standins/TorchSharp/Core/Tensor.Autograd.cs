namespace TorchSharp;

public static partial class torch
{
    public unsafe partial class Tensor
    {
        public bool requires_grad
        {
            get
            {
                var r = TensorCalls.requires_grad(Handle) != 0;
                GC.KeepAlive(this);
                return r;
            }
            set
            {
                Errors.Check(RuntimeCalls.set_requires_grad(Handle, value ? 1 : 0));
                GC.KeepAlive(this);
            }
        }

        public Tensor requires_grad_(bool requires_grad = true)
        {
            this.requires_grad = requires_grad;
            return this;
        }

        public Tensor with_requires_grad(bool requires_grad = true) => requires_grad_(requires_grad);

        public void retain_grad()
        {
            Errors.Check(RuntimeCalls.retain_grad(Handle));
            GC.KeepAlive(this);
        }

        /// <summary>The accumulated gradient, as a new handle each time, or null if there is none.</summary>
        public Tensor? grad
        {
            get
            {
                nint r;
                Errors.Check(RuntimeCalls.grad(Handle, &r));
                GC.KeepAlive(this);
                return r == 0 ? null : new Tensor(r);
            }
            set
            {
                Errors.Check(RuntimeCalls.set_grad(Handle, HandleOf(value)));
                GC.KeepAlive(this);
                GC.KeepAlive(value);
            }
        }

        public void backward() => autograd.backward([this]);

        public void backward(IList<Tensor>? grad_tensors = null, bool retain_graph = false, bool create_graph = false, IList<Tensor>? inputs = null) =>
            autograd.backward([this], grad_tensors!, retain_graph, create_graph, inputs!);

        public Tensor detach() => New(ShapeCalls.detach);
        public Tensor detach_() => Self(ShapeCalls.detach_);
    }
}
