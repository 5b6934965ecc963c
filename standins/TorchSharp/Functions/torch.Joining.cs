namespace TorchSharp;

public static unsafe partial class torch
{
    public static Tensor cat(IList<Tensor> tensors, long dim = 0) => Join(ShapeCalls.cat, tensors, dim);
    public static Tensor cat(Tensor[] tensors, long dim = 0) => Join(ShapeCalls.cat, tensors, dim);
    public static Tensor cat(ReadOnlySpan<Tensor> tensors, long dim = 0) => Join(ShapeCalls.cat, tensors.ToArray(), dim);
    public static Tensor concat(IList<Tensor> tensors, long dim = 0) => cat(tensors, dim);
    public static Tensor concat(Tensor[] tensors, long dim = 0) => cat(tensors, dim);
    public static Tensor stack(IEnumerable<Tensor> tensors, long dim = 0) => Join(ShapeCalls.stack, tensors as IList<Tensor> ?? [.. tensors], dim);

    private static Tensor Join(delegate* unmanaged<nint*, long, long, nint*, int> f, IList<Tensor> tensors, long dim)
    {
        nint r;
        fixed (nint* p = Handles(tensors)) Errors.Check(f(p, tensors.Count, dim, &r));
        GC.KeepAlive(tensors);
        return new Tensor(r);
    }
}
