using System.Security.Cryptography;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>A source of random numbers. Its state is a byte tensor that continues the sequence bit for bit.</summary>
    public unsafe class Generator : IDisposable
    {
        public IntPtr Handle { get; private set; }

        public Device device { get; private set; }

        public Generator(ulong seed = 0, Device? device = null)
        {
            this.device = device ?? CPU;
            nint r;
            Errors.Check(RuntimeCalls.generator_new(seed, (int)this.device.type, this.device.index, &r));
            Handle = r;
        }

        private Generator(nint handle)
        {
            Handle = handle;
            device = CPU;
        }

        ~Generator() => Dispose(false);

        /// <summary>The CPU generator that operations draw from when none is given.</summary>
        public static Generator Default
        {
            get
            {
                nint r;
                Errors.Check(RuntimeCalls.generator_default(&r));
                return new Generator(r);
            }
        }

        public Tensor get_state()
        {
            nint r;
            Errors.Check(RuntimeCalls.generator_get_state(Handle, &r));
            GC.KeepAlive(this);
            return new Tensor(r);
        }

        public void set_state(Tensor value)
        {
            Errors.Check(RuntimeCalls.generator_set_state(Handle, Tensor.HandleOf(value)));
            GC.KeepAlive(this);
            GC.KeepAlive(value);
        }

        public Generator manual_seed(long seed)
        {
            Errors.Check(RuntimeCalls.generator_seed(Handle, seed));
            GC.KeepAlive(this);
            return this;
        }

        /// <summary>Seeds with something unpredictable and says with what.</summary>
        public long seed()
        {
            Span<byte> random = stackalloc byte[8];
            RandomNumberGenerator.Fill(random);
            var seed = BitConverter.ToInt64(random) & long.MaxValue;
            manual_seed(seed);
            return seed;
        }

        public long initial_seed()
        {
            long r;
            Errors.Check(RuntimeCalls.generator_initial_seed(Handle, &r));
            GC.KeepAlive(this);
            return r;
        }

        public void Dispose()
        {
            Dispose(true);
            GC.SuppressFinalize(this);
        }

        protected virtual void Dispose(bool disposing)
        {
            var h = Handle;
            Handle = 0;
            if (h != 0) RuntimeCalls.generator_free(h);
        }
    }
}
