namespace TorchSharp;

public static partial class torch
{
    public unsafe partial class Tensor
    {
        public Tensor matmul(Tensor target) => New(MathCalls.matmul, target);
        public Tensor mm(Tensor target) => New(MathCalls.mm, target);
        public Tensor mv(Tensor target) => New(MathCalls.mv, target);
        public Tensor dot(Tensor target) => New(MathCalls.dot, target);
        public Tensor bmm(Tensor batch2) => New(MathCalls.bmm, batch2);
        public Tensor outer(Tensor vec2) => New(MathCalls.outer, vec2);

        public Tensor addmm(Tensor mat1, Tensor mat2, float beta = 1, float alpha = 1) => Accumulate(MathCalls.addmm, mat1, mat2, beta, alpha);
        public Tensor baddbmm(Tensor batch1, Tensor batch2, float beta = 1, float alpha = 1) => Accumulate(MathCalls.baddbmm, batch1, batch2, beta, alpha);

        public Tensor addmm_(Tensor mat1, Tensor mat2, float beta = 1, float alpha = 1)
        {
            Errors.Check(MathCalls.addmm_(Handle, mat1.Handle, mat2.Handle, beta, alpha));
            GC.KeepAlive(this);
            GC.KeepAlive(mat1);
            GC.KeepAlive(mat2);
            return this;
        }

        private Tensor Accumulate(delegate* unmanaged<nint, nint, nint, float, float, nint*, int> f, Tensor a, Tensor b, float beta, float alpha)
        {
            nint r;
            Errors.Check(f(Handle, a.Handle, b.Handle, beta, alpha, &r));
            GC.KeepAlive(this);
            GC.KeepAlive(a);
            GC.KeepAlive(b);
            return new Tensor(r);
        }
    }
}
