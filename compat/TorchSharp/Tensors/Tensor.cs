using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>A tensor of libtorch. Memory is released by Dispose, by the dispose scope that it was made in, or by the finalizer.</summary>
    public partial class Tensor : IDisposable
    {
        // The owned c10::TensorImpl; zero once disposed.
        private nint _handle;

        private static long s_totalCount;

        private static long s_peakCount;

        internal Tensor(nint handle, bool register = true)
        {
            _handle = handle;
            s_peakCount = Math.Max(Interlocked.Increment(ref s_totalCount), s_peakCount);
            if (register) OwningDisposeScope = DisposeScopeManager.ThreadSingleton.RegisterOnCurrentDisposeScope(this);
        }

        ~Tensor() => Dispose(false);

        /// <summary>How many tensors this process holds through managed objects.</summary>
        public static long TotalCount => Interlocked.Read(ref s_totalCount);

        public static long PeakCount => s_peakCount;

        public string? name { get; set; }

        public bool IsInvalid => _handle == 0;

        /// <summary>The native tensor.</summary>
        /// <exception cref="InvalidOperationException">The tensor was disposed.</exception>
        public nint Handle => _handle != 0 ? _handle : throw new InvalidOperationException("Tensor invalid -- empty handle.");

        internal DisposeScope? OwningDisposeScope { get; set; }

        public void Dispose()
        {
            Dispose(true);
            GC.SuppressFinalize(this);
        }

        protected virtual void Dispose(bool disposing)
        {
            nint handle = _handle;
            if (handle == 0) return;
            DisposeScopeManager.ThreadSingleton.DisposingOnCurrentScope(this);
            OwningDisposeScope?.MarkAsDisposed(this);
            _handle = 0;
            Interlocked.Decrement(ref s_totalCount);
            NativeMethods.um_tensor_release(handle);
        }

        public Tensor MoveToOuterDisposeScope()
        {
            OwningDisposeScope?.MoveToOuter(this);
            return this;
        }

        public Tensor MoveToOtherDisposeScope(Tensor other) => MoveToOtherDisposeScope(other.OwningDisposeScope);

        public Tensor MoveToOtherDisposeScope(DisposeScope? other)
        {
            if (OwningDisposeScope is null && other is not null) other.Attach(this);
            else OwningDisposeScope?.MoveToOther(other, this);
            return this;
        }

        public Tensor DetachFromDisposeScope()
        {
            OwningDisposeScope?.Detach(this);
            return this;
        }

        /// <summary>A second managed tensor for the same native one, to be disposed on its own.</summary>
        public Tensor alias() => NativeMethods.Check(NativeMethods.um_tensor_alias(Handle));

        // Gives the native tensor away; this object is empty afterwards.
        internal nint MoveHandle()
        {
            nint handle = Handle;
            _handle = 0;
            return handle;
        }
    }
}
