namespace TorchSharp;

public static partial class torch
{
    /// <summary>
    /// A multi-dimensional array of libtorch. Owns one native reference, given back exactly once: by <see cref="Dispose()"/>,
    /// by its dispose scope, or in the end by the finalizer.
    /// </summary>
    public unsafe partial class Tensor : IDisposable
    {
        private static long totalCount;
        private static long peakCount;

        internal nint handle;
        private long pressure;

        /// <summary>Takes over one reference to a native tensor.</summary>
        /// <param name="handle">What the shim gave; must not be zero.</param>
        /// <param name="register">Whether the current dispose scope of this thread owns the tensor.</param>
        internal Tensor(nint handle, bool register = true)
        {
            this.handle = handle;
            var count = Interlocked.Increment(ref totalCount);
            if (count > peakCount) peakCount = count;
            if (register && DisposeScopeManager.ThreadSingleton.CurrentDisposeScope is { } scope) scope.Add(this);
            else TellCollector();
        }

        ~Tensor() => Dispose(false);

        internal DisposeScope? OwningDisposeScope { get; set; }

        /// <summary>Where the owning scope keeps this tensor, so that leaving it costs no search.</summary>
        internal int ScopeSlot { get; set; }

        /// <summary>Tensors alive in this process, and the most that ever were.</summary>
        public static long TotalCount => Interlocked.Read(ref totalCount);

        public static long PeakCount => peakCount;

        public string? name { get; set; }

        public IntPtr Handle
        {
            get
            {
                var h = handle;
                if (h == 0) ThrowDisposed();
                return h;
            }
        }

        public bool IsInvalid => handle == 0;

        public static Tensor UnsafeCreateTensor(IntPtr handle) => new(handle);

        public void Dispose()
        {
            Dispose(true);
            GC.SuppressFinalize(this);
        }

        protected virtual void Dispose(bool disposing)
        {
            var h = Interlocked.Exchange(ref handle, 0);
            if (h == 0) return;
            // A finalizer runs on its own thread, and only when no scope holds the tensor.
            if (disposing) OwningDisposeScope?.Remove(this);
            Release(h);
        }

        /// <summary>The end of a tensor that its scope disposes: the scope forgets all of them at once.</summary>
        internal void DisposeFromScope()
        {
            OwningDisposeScope = null;
            var h = Interlocked.Exchange(ref handle, 0);
            if (h == 0) return;
            Release(h);
            GC.SuppressFinalize(this);
        }

        /// <summary>Gives the native reference away without releasing it.</summary>
        public IntPtr DecoupleFromNativeHandle()
        {
            GC.SuppressFinalize(this);
            if (handle == 0) ThrowDisposed();
            Interlocked.Decrement(ref totalCount);
            return MoveHandle();
        }

        internal nint MoveHandle()
        {
            var h = Interlocked.Exchange(ref handle, 0);
            ForgetPressure();
            return h;
        }

        public Tensor MoveToOuterDisposeScope()
        {
            OwningDisposeScope?.MoveToOuter(this);
            return this;
        }

        public Tensor DetachFromDisposeScope()
        {
            OwningDisposeScope?.Detach(this);
            return this;
        }

        public Tensor MoveToOtherDisposeScope(Tensor other) => MoveToOtherDisposeScope(other.OwningDisposeScope);

        public Tensor MoveToOtherDisposeScope(DisposeScope? other)
        {
            if (OwningDisposeScope == null && other != null) other.Attach(this);
            else OwningDisposeScope?.MoveToOther(other, this);
            return this;
        }

        public override bool Equals(object? obj) => obj is Tensor other && Equals(other);

        public override int GetHashCode() => base.GetHashCode();

        private void Release(nint h)
        {
            ForgetPressure();
            Interlocked.Decrement(ref totalCount);
            TensorCalls.release(h);
        }

        /// <summary>
        /// A tensor that no scope owns lives until somebody disposes of it or the collector finds it, and the collector sees only
        /// a small object: tell it of the megabytes behind.
        /// </summary>
        private void TellCollector()
        {
            const long worthTelling = 256 * 1024;
            if (handle == 0) return;
            var bytes = TensorCalls.owned_bytes(handle);
            if (bytes < worthTelling) return;
            pressure = bytes;
            GC.AddMemoryPressure(bytes);
        }

        private void ForgetPressure()
        {
            if (pressure == 0) return;
            GC.RemoveMemoryPressure(pressure);
            pressure = 0;
        }

        private static void ThrowDisposed() => throw new InvalidOperationException("Tensor invalid -- empty handle.");
    }
}
