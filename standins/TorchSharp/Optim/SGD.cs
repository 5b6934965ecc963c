namespace TorchSharp.Modules
{
    /// <summary>Stochastic gradient descent with momentum: b = momentum b + (1 - dampening) g, p = p - lr b.</summary>
    public class SGD : OptimizerHelper
    {
        private readonly double momentum, dampening, weight_decay;
        private readonly bool nesterov, maximize;
        private readonly Dictionary<Parameter, torch.Tensor> buffers = new(ReferenceEqualityComparer.Instance);

        public SGD(IEnumerable<Parameter> parameters, double lr, double momentum = 0.0, double dampening = 0, double weight_decay = 0, bool nesterov = false, bool maximize = false)
            : base(parameters, lr) =>
            (this.momentum, this.dampening, this.weight_decay, this.nesterov, this.maximize) = (momentum, dampening, weight_decay, nesterov, maximize);

        private protected override void Update(Parameter parameter, torch.Tensor grad, double lr)
        {
            if (maximize) grad = -grad;
            if (weight_decay != 0) grad = grad.add(parameter, alpha: weight_decay);
            if (momentum != 0)
            {
                if (buffers.TryGetValue(parameter, out var buffer)) buffer.mul_((Scalar)momentum).add_(grad, alpha: 1 - dampening);
                else buffers[parameter] = buffer = grad.detach().clone().DetachFromDisposeScope();
                grad = nesterov ? grad.add(buffer, alpha: momentum) : buffer;
            }
            parameter.add_(grad, alpha: -lr);
        }

        protected override void Dispose(bool disposing)
        {
            foreach (var buffer in buffers.Values) buffer.Dispose();
            buffers.Clear();
        }
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class optim
        {
            public static Modules.SGD SGD(IEnumerable<Modules.Parameter> parameters, double learningRate, double momentum = 0, double dampening = 0, double weight_decay = 0, bool nesterov = false, bool maximize = false) =>
                new(parameters, learningRate, momentum, dampening, weight_decay, nesterov, maximize);
        }
    }
}
