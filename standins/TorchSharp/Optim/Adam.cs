namespace TorchSharp.Modules
{
    /// <summary>Adam (Kingma and Ba, 2015); weight decay is added to the gradient.</summary>
    public class Adam : OptimizerHelper
    {
        private readonly double beta1, beta2, eps, weight_decay;
        private readonly bool maximize, decoupled;
        private readonly Dictionary<Parameter, Moments> moments = new(ReferenceEqualityComparer.Instance);

        public Adam(IEnumerable<Parameter> parameters, double lr = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8, double weight_decay = 0, bool amsgrad = false, bool maximize = false)
            : this(parameters, lr, beta1, beta2, eps, weight_decay, amsgrad, maximize, decoupled: false) { }

        private protected Adam(IEnumerable<Parameter> parameters, double lr, double beta1, double beta2, double eps, double weight_decay, bool amsgrad, bool maximize, bool decoupled)
            : base(parameters, lr)
        {
            if (amsgrad) throw new NotSupportedException("This stand-in for TorchSharp has no AMSGrad.");
            (this.beta1, this.beta2, this.eps, this.weight_decay, this.maximize, this.decoupled) = (beta1, beta2, eps, weight_decay, maximize, decoupled);
        }

        private protected override void Update(Parameter parameter, torch.Tensor grad, double lr)
        {
            if (!moments.TryGetValue(parameter, out var m))
                moments[parameter] = m = new Moments(parameter.zeros_like().DetachFromDisposeScope(), parameter.zeros_like().DetachFromDisposeScope());
            m.Steps++;
            if (maximize) grad = -grad;
            if (decoupled) parameter.mul_((Scalar)(1 - lr * weight_decay));
            else if (weight_decay != 0) grad = grad.add(parameter, alpha: weight_decay);
            m.First.mul_((Scalar)beta1).add_(grad, alpha: 1 - beta1);
            m.Second.mul_((Scalar)beta2).addcmul_(grad, grad, 1 - beta2);
            var denominator = (m.Second.sqrt() / Math.Sqrt(1 - Math.Pow(beta2, m.Steps))).add_((Scalar)eps);
            parameter.addcdiv_(m.First, denominator, -lr / (1 - Math.Pow(beta1, m.Steps)));
        }

        protected override void Dispose(bool disposing)
        {
            foreach (var m in moments.Values)
            {
                m.First.Dispose();
                m.Second.Dispose();
            }
            moments.Clear();
        }

        private sealed record Moments(torch.Tensor First, torch.Tensor Second)
        {
            public long Steps { get; set; }
        }
    }

    /// <summary>Adam with decoupled weight decay (Loshchilov and Hutter, 2019).</summary>
    public class AdamW : Adam
    {
        public AdamW(IEnumerable<Parameter> parameters, double lr = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8, double weight_decay = 0, bool amsgrad = false, bool maximize = false)
            : base(parameters, lr, beta1, beta2, eps, weight_decay, amsgrad, maximize, decoupled: true) { }
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class optim
        {
            public static Modules.Adam Adam(IEnumerable<Modules.Parameter> parameters, double lr = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8, double weight_decay = 0, bool amsgrad = false, bool maximize = false) =>
                new(parameters, lr, beta1, beta2, eps, weight_decay, amsgrad, maximize);

            public static Modules.AdamW AdamW(IEnumerable<Modules.Parameter> parameters, double lr = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8, double weight_decay = 0, bool amsgrad = false, bool maximize = false) =>
                new(parameters, lr, beta1, beta2, eps, weight_decay, amsgrad, maximize);
        }
    }
}
