namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public enum Reduction : long
        {
            None = 0,
            Mean = 1,
            Sum = 2,
        }

        public static unsafe partial class functional
        {
            public static Tensor cross_entropy(Tensor input, Tensor target, Tensor? weight = null, long ignore_index = -100, Reduction reduction = Reduction.Mean, double label_smoothing = 0.0)
            {
                nint r;
                Errors.Check(FunctionalCalls.cross_entropy(input.Handle, target.Handle, H(weight), ignore_index, (long)reduction, label_smoothing, &r));
                return Loss(r, input, target, weight);
            }

            public static Tensor nll_loss(Tensor input, Tensor target, Tensor? weight = null, Reduction reduction = Reduction.Mean)
            {
                nint r;
                Errors.Check(FunctionalCalls.nll_loss(input.Handle, target.Handle, H(weight), (long)reduction, &r));
                return Loss(r, input, target, weight);
            }

            public static Tensor binary_cross_entropy(Tensor input, Tensor target, Tensor? weight = null, Reduction reduction = Reduction.Mean)
            {
                nint r;
                Errors.Check(FunctionalCalls.bce(input.Handle, target.Handle, H(weight), (long)reduction, &r));
                return Loss(r, input, target, weight);
            }

            public static Tensor binary_cross_entropy_with_logits(Tensor input, Tensor target, Tensor? weight = null, Reduction reduction = Reduction.Mean, Tensor? pos_weights = null)
            {
                nint r;
                Errors.Check(FunctionalCalls.bce_with_logits(input.Handle, target.Handle, H(weight), H(pos_weights), (long)reduction, &r));
                GC.KeepAlive(pos_weights);
                return Loss(r, input, target, weight);
            }

            public static Tensor mse_loss(Tensor input, Tensor target, Reduction reduction = Reduction.Mean)
            {
                nint r;
                Errors.Check(FunctionalCalls.mse_loss(input.Handle, target.Handle, (long)reduction, &r));
                return Loss(r, input, target, null);
            }

            public static Tensor l1_loss(Tensor input, Tensor target, Reduction reduction = Reduction.Mean)
            {
                nint r;
                Errors.Check(FunctionalCalls.l1_loss(input.Handle, target.Handle, (long)reduction, &r));
                return Loss(r, input, target, null);
            }

            private static Tensor Loss(nint handle, Tensor input, Tensor target, Tensor? weight)
            {
                GC.KeepAlive(input);
                GC.KeepAlive(target);
                GC.KeepAlive(weight);
                return new Tensor(handle);
            }
        }
    }
}
