using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public static unsafe partial class utils
        {
            /// <summary>Scales all gradients so that their common norm is at most <paramref name="max_norm"/>; answers the norm before.</summary>
            public static double clip_grad_norm_(IEnumerable<Parameter> tensors, double max_norm, double norm_type = 2.0)
            {
                var all = tensors.ToList();
                double r;
                fixed (nint* p = Handles(all)) Errors.Check(FunctionalCalls.clip_grad_norm_(p, all.Count, max_norm, norm_type, &r));
                GC.KeepAlive(all);
                return r;
            }

            public static void clip_grad_value_(IEnumerable<Parameter> tensors, double clip_value)
            {
                var all = tensors.ToList();
                fixed (nint* p = Handles(all)) Errors.Check(FunctionalCalls.clip_grad_value_(p, all.Count, clip_value));
                GC.KeepAlive(all);
            }
        }
    }
}
