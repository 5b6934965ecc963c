namespace TorchSharp;

public static unsafe partial class torch
{
    public static partial class random
    {
        public static long seed()
        {
            using var generator = Generator.Default;
            return generator.seed();
        }

        public static long initial_seed()
        {
            using var generator = Generator.Default;
            return generator.initial_seed();
        }

        /// <summary>Seeds the default generators of all devices.</summary>
        public static Generator manual_seed(long seed)
        {
            Errors.Check(RuntimeCalls.manual_seed(seed));
            return Generator.Default;
        }

        public static Tensor get_rng_state()
        {
            using var generator = Generator.Default;
            return generator.get_state();
        }

        public static void set_rng_state(Tensor new_state)
        {
            using var generator = Generator.Default;
            generator.set_state(new_state);
        }
    }

    public static long seed() => random.seed();
    public static Generator manual_seed(long seed) => random.manual_seed(seed);
    public static long initial_seed() => random.initial_seed();
    public static Tensor get_rng_state() => random.get_rng_state();
    public static void set_rng_state(Tensor new_state) => random.set_rng_state(new_state);

    public static Tensor bernoulli(Tensor input, Generator? generator = null) => input.bernoulli(generator);
    public static Tensor multinomial(Tensor input, long num_samples, bool replacement = false, Generator? generator = null) => input.multinomial(num_samples, replacement, generator);

    public static Tensor randint(long low, long high, long[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null, string[]? names = null)
    {
        NoNames(names);
        nint r;
        fixed (long* p = size)
            Errors.Check(CreateCalls.randint(low, high, new Ints(p, size.Length), generator?.Handle ?? 0,
                NewOptions(dtype ?? ScalarType.Int64, device, requires_grad), &r));
        GC.KeepAlive(generator);
        return new Tensor(r);
    }

    public static Tensor randint(long high, long[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null, string[]? names = null) =>
        randint(0, high, size, dtype, device, requires_grad, generator, names);

    public static Tensor randint(int low, int high, int[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null, string[]? names = null) =>
        randint(low, high, Array.ConvertAll(size, n => (long)n), dtype, device, requires_grad, generator, names);

    public static Tensor randint(int high, int[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null, string[]? names = null) =>
        randint(0, high, size, dtype, device, requires_grad, generator, names);

    public static Tensor randperm(long n, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null)
    {
        nint r;
        Errors.Check(CreateCalls.randperm(n, generator?.Handle ?? 0, NewOptions(dtype ?? ScalarType.Int64, device, requires_grad), &r));
        GC.KeepAlive(generator);
        return new Tensor(r);
    }

    public partial class Tensor
    {
        private static nint HandleOf(Generator? generator) => generator?.Handle ?? 0;

        private Tensor Drawn(int code, Generator? generator)
        {
            Errors.Check(code);
            GC.KeepAlive(this);
            GC.KeepAlive(generator);
            return this;
        }

        public Tensor normal_(double mean = 0.0, double std = 1.0, Generator? generator = null) =>
            Drawn(CreateCalls.normal_(Handle, mean, std, HandleOf(generator)), generator);
        public Tensor uniform_(double from, double to, Generator? generator = null) =>
            Drawn(CreateCalls.uniform_(Handle, from, to, HandleOf(generator)), generator);
        public Tensor random_(double from, double to, Generator? generator = null) =>
            Drawn(CreateCalls.random_(Handle, from, to, HandleOf(generator)), generator);
        public Tensor exponential_(double lambda = 1.0, Generator? generator = null) =>
            Drawn(CreateCalls.exponential_(Handle, lambda, HandleOf(generator)), generator);
        public Tensor bernoulli_(double p = 0.5, Generator? generator = null) =>
            Drawn(CreateCalls.bernoulli_(Handle, p, HandleOf(generator)), generator);

        public Tensor bernoulli_(Tensor p, Generator? generator = null)
        {
            Drawn(CreateCalls.bernoulli_t_(Handle, p.Handle, HandleOf(generator)), generator);
            GC.KeepAlive(p);
            return this;
        }

        public Tensor bernoulli(Generator? generator = null)
        {
            nint r;
            Drawn(CreateCalls.bernoulli(Handle, HandleOf(generator), &r), generator);
            return new Tensor(r);
        }

        public Tensor multinomial(long num_samples, bool replacement = false, Generator? generator = null)
        {
            nint r;
            Drawn(CreateCalls.multinomial(Handle, num_samples, replacement ? 1 : 0, HandleOf(generator), &r), generator);
            return new Tensor(r);
        }
    }
}
