namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public static unsafe partial class functional
        {
            public static Tensor conv2d(Tensor input, Tensor weight, Tensor? bias = null, long[]? strides = null, long[]? padding = null, long[]? dilation = null, long groups = 1) =>
                Convolve(2, input, weight, bias, strides, padding, dilation, groups);

            public static Tensor conv3d(Tensor input, Tensor weight, Tensor? bias = null, long[]? strides = null, long[]? padding = null, long[]? dilation = null, long groups = 1) =>
                Convolve(3, input, weight, bias, strides, padding, dilation, groups);

            public static Tensor conv2d_padding(Tensor input, Tensor weight, Tensor? bias = null, long[]? strides = null, Padding padding = Padding.Valid, long[]? dilation = null, long groups = 1) =>
                Convolve(2, input, weight, bias, strides, padding, dilation, groups);

            public static Tensor conv3d_padding(Tensor input, Tensor weight, Tensor? bias = null, long[]? strides = null, Padding padding = Padding.Valid, long[]? dilation = null, long groups = 1) =>
                Convolve(3, input, weight, bias, strides, padding, dilation, groups);

            private static Tensor Convolve(int dims, Tensor input, Tensor weight, Tensor? bias, long[]? strides, long[]? padding, long[]? dilation, long groups)
            {
                nint r;
                fixed (long* s = strides ??= [1])
                fixed (long* p = padding ??= [0])
                fixed (long* d = dilation ??= [1])
                    Errors.Check(FunctionalCalls.conv(input.Handle, weight.Handle, H(bias), dims,
                        new Ints(s, strides.Length), new Ints(p, padding.Length), new Ints(d, dilation.Length), groups, &r));
                GC.KeepAlive(input);
                GC.KeepAlive(weight);
                GC.KeepAlive(bias);
                return new Tensor(r);
            }

            private static Tensor Convolve(int dims, Tensor input, Tensor weight, Tensor? bias, long[]? strides, Padding padding, long[]? dilation, long groups)
            {
                nint r;
                fixed (long* s = strides ??= [1])
                fixed (long* d = dilation ??= [1])
                    Errors.Check(FunctionalCalls.conv_padding(input.Handle, weight.Handle, H(bias), dims,
                        new Ints(s, strides.Length), padding == Padding.Same ? 1 : 0, new Ints(d, dilation.Length), groups, &r));
                GC.KeepAlive(input);
                GC.KeepAlive(weight);
                GC.KeepAlive(bias);
                return new Tensor(r);
            }
        }
    }
}
