namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public static unsafe partial class functional
        {
            public static Tensor max_pool2d(Tensor input, long[] kernel_size, long[]? strides = null, long[]? padding = null, long[]? dilation = null, bool ceil_mode = false)
            {
                nint r;
                fixed (long* k = kernel_size)
                fixed (long* s = strides ??= kernel_size)
                fixed (long* p = padding ??= [0])
                fixed (long* d = dilation ??= [1])
                    Errors.Check(FunctionalCalls.max_pool2d(input.Handle, new Ints(k, kernel_size.Length), new Ints(s, strides.Length),
                        new Ints(p, padding.Length), new Ints(d, dilation.Length), ceil_mode ? 1 : 0, &r));
                GC.KeepAlive(input);
                return new Tensor(r);
            }

            public static Tensor max_pool2d(Tensor input, long kernel_size, long? stride = null, long? padding = null, long? dilation = null, bool ceil_mode = false) =>
                max_pool2d(input, [kernel_size, kernel_size], stride is { } s ? [s, s] : null, padding is { } p ? [p, p] : null, dilation is { } d ? [d, d] : null, ceil_mode);

            public static Tensor avg_pool2d(Tensor input, long[] kernel_size, long[]? stride = null, long[]? padding = null, bool ceil_mode = false, bool count_include_pad = true, long? divisor_override = null) =>
                Average(2, input, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override);

            public static Tensor avg_pool3d(Tensor input, long[] kernel_size, long[]? stride = null, long[]? padding = null, bool ceil_mode = false, bool count_include_pad = true, long? divisor_override = null) =>
                Average(3, input, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override);

            public static Tensor adaptive_avg_pool2d(Tensor input, long[] output_size) => Adaptive(2, input, output_size);
            public static Tensor adaptive_avg_pool2d(Tensor input, long output_size) => Adaptive(2, input, [output_size, output_size]);
            public static Tensor adaptive_avg_pool3d(Tensor input, long[] output_size) => Adaptive(3, input, output_size);
            public static Tensor adaptive_avg_pool3d(Tensor input, long output_size) => Adaptive(3, input, [output_size, output_size, output_size]);

            private static Tensor Average(int dims, Tensor input, long[] kernel, long[]? stride, long[]? padding, bool ceil, bool countPad, long? divisor)
            {
                if (divisor is not null) throw new NotSupportedException("This stand-in for TorchSharp does not override the divisor of an average.");
                nint r;
                fixed (long* k = kernel)
                fixed (long* s = stride ??= kernel)
                fixed (long* p = padding ??= [0])
                    Errors.Check(FunctionalCalls.avg_pool(input.Handle, dims, new Ints(k, kernel.Length), new Ints(s, stride.Length),
                        new Ints(p, padding.Length), ceil ? 1 : 0, countPad ? 1 : 0, &r));
                GC.KeepAlive(input);
                return new Tensor(r);
            }

            private static Tensor Adaptive(int dims, Tensor input, long[] size)
            {
                nint r;
                fixed (long* s = size) Errors.Check(FunctionalCalls.adaptive_avg_pool(input.Handle, dims, new Ints(s, size.Length), &r));
                GC.KeepAlive(input);
                return new Tensor(r);
            }
        }
    }
}
