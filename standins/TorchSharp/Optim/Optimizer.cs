using TorchSharp.Modules;

namespace TorchSharp.Modules
{
    /// <summary>Settings of a group of parameters.</summary>
    public class OptimizerOptions
    {
        public double? LearningRate { get; set; }
        public double InitialLearningRate { get; set; }
    }

    /// <summary>Parameters that share settings.</summary>
    public class ParamGroup : torch.optim.ILearningRateController
    {
        public IEnumerable<Parameter> Parameters { get; set; } = [];
        public OptimizerOptions Options { get; set; } = new();
        public double LearningRate { get => Options.LearningRate!.Value; set => Options.LearningRate = value; }
        public double InitialLearningRate { get => Options.InitialLearningRate; set => Options.InitialLearningRate = value; }
    }

    /// <summary>An optimiser written in managed code, over groups of parameters.</summary>
    public abstract class OptimizerHelper : torch.optim.Optimizer
    {
        internal OptimizerHelper(IEnumerable<Parameter> parameters, double lr) => _parameter_groups.Add(new ParamGroup
        {
            Parameters = parameters.ToList(),
            Options = new OptimizerOptions { LearningRate = lr, InitialLearningRate = lr },
        });

        public override torch.Tensor? step(Func<torch.Tensor>? closure = null)
        {
            torch.Tensor? loss = null;
            if (closure is not null)
            {
                using var gradients = torch.enable_grad();
                loss = closure();
            }
            using var noGrad = torch.no_grad();
            foreach (var group in _parameter_groups)
                foreach (var parameter in group.Parameters)
                {
                    using var scope = torch.NewDisposeScope();
                    if (parameter.grad is { } grad) Update(parameter, grad, group.LearningRate);
                }
            return loss;
        }

        private protected abstract void Update(Parameter parameter, torch.Tensor grad, double lr);
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class optim
        {
            /// <summary>Something whose learning rate a schedule can set.</summary>
            public interface ILearningRateController
            {
                double LearningRate { set; get; }
                double InitialLearningRate { set; get; }
            }

            /// <summary>Moves parameters along their gradients.</summary>
            public abstract partial class Optimizer : IDisposable
            {
                protected IList<ParamGroup> _parameter_groups = [];

                public virtual IEnumerable<ILearningRateController> ParamGroups => _parameter_groups;

                public virtual IEnumerable<Parameter> parameters() => _parameter_groups.SelectMany(g => g.Parameters);

                public abstract Tensor? step(Func<Tensor>? closure = null);

                /// <summary>Fills the gradients with zeros.</summary>
                public virtual void zero_grad()
                {
                    foreach (var parameter in parameters())
                    {
                        using var grad = parameter.grad;
                        grad?.zero_();
                    }
                }

                public void Dispose()
                {
                    Dispose(true);
                    GC.SuppressFinalize(this);
                }

                protected virtual void Dispose(bool disposing) { }
            }
        }
    }
}
