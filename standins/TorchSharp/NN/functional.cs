using System.Runtime.InteropServices;

namespace TorchSharp;

public enum PaddingModes
{
    Zeros = 0,
    Reflect = 1,
    Replicate = 2,
    Circular = 3,
    Constant = 4,
}

public enum Padding
{
    Valid = 0,
    Same = 1,
}

public static partial class torch
{
    public static partial class nn
    {
        public static unsafe partial class functional
        {
            private static nint H(Tensor? tensor) => Tensor.HandleOf(tensor);

            public static Tensor linear(Tensor input, Tensor weights, Tensor? bias = null)
            {
                nint r;
                Errors.Check(FunctionalCalls.linear(input.Handle, weights.Handle, H(bias), &r));
                GC.KeepAlive(input);
                GC.KeepAlive(weights);
                GC.KeepAlive(bias);
                return new Tensor(r);
            }

            public static Tensor relu(Tensor x, bool inplace = false) => inplace ? x.relu_().alias() : x.relu();
            public static Tensor gelu(Tensor x, bool inplace) => inplace ? x.gelu_().alias() : x.gelu();
            public static Tensor gelu(Tensor x) => gelu(x, false);
            public static Tensor silu(Tensor x, bool inplace = false) => inplace ? x.silu_().alias() : x.silu();
            public static Tensor sigmoid(Tensor x, bool inplace) => inplace ? x.sigmoid_().alias() : x.sigmoid();
            public static Tensor sigmoid(Tensor x) => x.sigmoid();
            public static Tensor tanh(Tensor x, bool inplace = false) => inplace ? x.tanh_().alias() : x.tanh();

            public static Tensor softmax(Tensor input, long dim, ScalarType? dtype = null)
            {
                nint r;
                Errors.Check(FunctionalCalls.softmax(input.Handle, dim, Tensor.TypeOrNone(dtype), &r));
                GC.KeepAlive(input);
                return new Tensor(r);
            }

            public static Tensor log_softmax(Tensor x, long dim) => x.log_softmax(dim);

            public static Tensor dropout(Tensor input, double p = 0.5, bool training = true, bool inplace = false)
            {
                nint r;
                Errors.Check(FunctionalCalls.dropout(input.Handle, p, training ? 1 : 0, inplace ? 1 : 0, &r));
                GC.KeepAlive(input);
                return new Tensor(r);
            }

            public static Tensor layer_norm(Tensor input, long[] normalized_shape, Tensor? weight = null, Tensor? bias = null, double eps = 1e-5)
            {
                nint r;
                fixed (long* p = normalized_shape)
                    Errors.Check(FunctionalCalls.layer_norm(input.Handle, new Ints(p, normalized_shape.Length), H(weight), H(bias), eps, &r));
                GC.KeepAlive(input);
                GC.KeepAlive(weight);
                GC.KeepAlive(bias);
                return new Tensor(r);
            }

            public static Tensor batch_norm(Tensor input, Tensor? running_mean, Tensor? running_var, Tensor? weight = null, Tensor? bias = null, bool training = false, double momentum = 0.1, double eps = 1e-5)
            {
                nint r;
                Errors.Check(FunctionalCalls.batch_norm(input.Handle, H(running_mean), H(running_var), H(weight), H(bias), training ? 1 : 0, momentum, eps, &r));
                GC.KeepAlive(input);
                GC.KeepAlive(running_mean);
                GC.KeepAlive(running_var);
                GC.KeepAlive(weight);
                GC.KeepAlive(bias);
                return new Tensor(r);
            }

            /// <summary>Softmax of query key' / sqrt(width) times value; boolean masks say where one may look, others are added.</summary>
            public static Tensor scaled_dot_product_attention(Tensor query, Tensor key, Tensor value, Tensor? attn_mask = null, double p = 0.0, [MarshalAs(UnmanagedType.U1)] bool is_casual = false)
            {
                if (p < 0) throw new ArgumentException("Dropout probability must be greater than or equal to zero.");
                if (is_casual && attn_mask is not null) throw new ArgumentException("Casual attention masking cannot pass a mask.");
                nint r;
                Errors.Check(FunctionalCalls.attention(query.Handle, key.Handle, value.Handle, H(attn_mask), p, is_casual ? 1 : 0, &r));
                GC.KeepAlive(query);
                GC.KeepAlive(key);
                GC.KeepAlive(value);
                GC.KeepAlive(attn_mask);
                return new Tensor(r);
            }

            public static Tensor one_hot(Tensor x, long num_classes = -1)
            {
                if (x.dtype != ScalarType.Int64) throw new ArgumentException("OneHot input tensor must have elements of type Int64");
                nint r;
                Errors.Check(FunctionalCalls.one_hot(x.Handle, num_classes, &r));
                GC.KeepAlive(x);
                return new Tensor(r);
            }

            public static Tensor pad(Tensor input, long[] pad, PaddingModes mode = PaddingModes.Constant, double value = 0) =>
                functional.pad(input, (ReadOnlySpan<long>)pad, mode, value);

            public static Tensor pad(Tensor input, ReadOnlySpan<long> pad, PaddingModes mode = PaddingModes.Constant, double value = 0)
            {
                nint r;
                fixed (long* p = pad) Errors.Check(FunctionalCalls.pad(input.Handle, new Ints(p, pad.Length), (int)mode, value, &r));
                GC.KeepAlive(input);
                return new Tensor(r);
            }

            public static Tensor pad(Tensor input, (long, long) pad, PaddingModes mode = PaddingModes.Constant, double value = 0) =>
                functional.pad(input, [pad.Item1, pad.Item2], mode, value);

            public static Tensor pad(Tensor input, (long, long, long, long) pad, PaddingModes mode = PaddingModes.Constant, double value = 0) =>
                functional.pad(input, [pad.Item1, pad.Item2, pad.Item3, pad.Item4], mode, value);

            public static Tensor pad(Tensor input, long pad, PaddingModes mode = PaddingModes.Constant, double value = 0) =>
                functional.pad(input, [pad, pad], mode, value);

            public static Tensor unfold(Tensor input, long kernel_size, long dilation = 1, long padding = 0, long stride = 1) =>
                unfold(input, (kernel_size, kernel_size), (dilation, dilation), (padding, padding), (stride, stride));

            public static Tensor unfold(Tensor input, (long, long) kernel_size, (long, long)? dilation = null, (long, long)? padding = null, (long, long)? stride = null)
            {
                var k = stackalloc long[] { kernel_size.Item1, kernel_size.Item2 };
                var d = stackalloc long[] { (dilation ?? (1, 1)).Item1, (dilation ?? (1, 1)).Item2 };
                var p = stackalloc long[] { (padding ?? (0, 0)).Item1, (padding ?? (0, 0)).Item2 };
                var s = stackalloc long[] { (stride ?? (1, 1)).Item1, (stride ?? (1, 1)).Item2 };
                nint r;
                Errors.Check(FunctionalCalls.im2col(input.Handle, new Ints(k, 2), new Ints(d, 2), new Ints(p, 2), new Ints(s, 2), &r));
                GC.KeepAlive(input);
                return new Tensor(r);
            }
        }
    }
}
