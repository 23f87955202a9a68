using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>Seeds the generators of all devices and returns the CPU's.</summary>
    public static Generator manual_seed(long seed) => random.manual_seed(seed);

    public static long initial_seed() => random.initial_seed();

    public static long seed() => random.seed();

    public static Tensor get_rng_state() => random.get_rng_state();

    public static void set_rng_state(Tensor new_state) => random.set_rng_state(new_state);

    /// <summary>The default generators.</summary>
    public static class random
    {
        public static Generator manual_seed(long seed)
        {
            NativeMethods.Check(NativeMethods.um_manual_seed((ulong)seed));
            return Generator.Default;
        }

        public static long initial_seed()
        {
            using Generator generator = Generator.Default;
            return generator.initial_seed();
        }

        public static long seed()
        {
            using Generator generator = Generator.Default;
            return generator.seed();
        }

        public static Tensor get_rng_state()
        {
            using Generator generator = Generator.Default;
            return generator.get_state();
        }

        public static void set_rng_state(Tensor new_state)
        {
            using Generator generator = Generator.Default;
            generator.set_state(new_state);
        }
    }

    /// <summary>A source of random numbers.</summary>
    public class Generator : IDisposable
    {
        private nint _handle;

        /// <exception cref="ArgumentException">The device is not the CPU: only its generators can be made here.</exception>
        public Generator(ulong seed = 0, Device? device = null)
        {
            this.device = device ?? CPU;
            if (this.device.type != DeviceType.CPU) throw new ArgumentException($"A generator on {this.device} is not supported.", nameof(device));
            _handle = NativeMethods.um_generator_new(seed);
        }

        private Generator(nint handle)
        {
            _handle = handle;
            device = CPU;
        }

        ~Generator() => Dispose(false);

        /// <summary>The CPU's default generator.</summary>
        public static Generator Default
        {
            get
            {
                nint handle = NativeMethods.um_generator_default((int)DeviceType.CPU, -1);
                return handle != 0 ? new Generator(handle) : throw NativeMethods.LastError();
            }
        }

        public nint Handle => _handle;

        public Device device { get; }

        public Generator manual_seed(long seed)
        {
            NativeMethods.um_generator_set_seed(_handle, (ulong)seed);
            return this;
        }

        public long initial_seed() => (long)NativeMethods.um_generator_current_seed(_handle);

        public long seed() => (long)NativeMethods.um_generator_reseed(_handle);

        public Tensor get_state() => NativeMethods.Check(NativeMethods.um_generator_state(_handle));

        public void set_state(Tensor value) => NativeMethods.Check(NativeMethods.um_generator_set_state(_handle, value.Handle));

        public void Dispose()
        {
            Dispose(true);
            GC.SuppressFinalize(this);
        }

        protected virtual void Dispose(bool disposing)
        {
            if (_handle != 0) NativeMethods.um_generator_free(_handle);
            _handle = 0;
        }
    }
}
