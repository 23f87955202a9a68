using TorchSharp.Interop;
using TorchSharp.Utils;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>The elements in memory.</summary>
    public unsafe partial class Tensor
    {
        /// <summary>Reads and writes the elements in place.</summary>
        /// <exception cref="InvalidOperationException">The tensor is not in CPU memory.</exception>
        /// <exception cref="ArgumentException">T is not the element type.</exception>
        public TensorAccessor<T> data<T>() where T : unmanaged
        {
            ValidateType(typeof(T));
            return new TensorAccessor<T>(this);
        }

        /// <summary>The only element.</summary>
        public T item<T>() where T : unmanaged
        {
            if (NumberOfElements != 1) throw new ArgumentException($"Number of elements in the tensor must be 1");
            ValidateType(typeof(T));
            using Tensor? moved = is_cpu() ? null : cpu();
            return *(T*)(moved ?? this).DataPointer();
        }

        /// <summary>The only element, as a number.</summary>
        public Scalar ToScalar()
        {
            if (NumberOfElements != 1) throw new ArgumentException($"Number of elements in the tensor must be 1");
            return dtype switch
            {
                ScalarType.Bool => item<bool>(),
                ScalarType.Byte => item<byte>(),
                ScalarType.Int8 => item<sbyte>(),
                ScalarType.Int16 => item<short>(),
                ScalarType.Int32 => item<int>(),
                ScalarType.Int64 => item<long>(),
                ScalarType.Float16 => item<Half>(),
                ScalarType.Float64 => item<double>(),
                ScalarType.Float32 => item<float>(),
                _ => WidenedItem(),
            };
        }

        /// <summary>The elements' memory.</summary>
        /// <exception cref="InvalidOperationException">The tensor is not contiguous or not in CPU memory.</exception>
        public Span<byte> bytes
        {
            get => new(ReadablePointer(), (int)(NumberOfElements * ElementSize));
            set
            {
                long length = NumberOfElements * ElementSize;
                if (!is_contiguous()) throw new InvalidOperationException("SetBytes() called on non-contiguous tensor.");
                if (length != value.Length) throw new ArgumentException("Mismatched data sizes in SetBytes().");
                value.CopyTo(new Span<byte>(ReadablePointer(), value.Length));
            }
        }

        public T ReadCpuValue<T>(long i) where T : unmanaged => data<T>()[i];

        public double ReadCpuDouble(long i) => ReadCpuValue<double>(i);

        public float ReadCpuSingle(long i) => ReadCpuValue<float>(i);

        public int ReadCpuInt32(long i) => ReadCpuValue<int>(i);

        public long ReadCpuInt64(long i) => ReadCpuValue<long>(i);

        public bool ReadCpuBool(long i) => ReadCpuValue<bool>(i);

        /// <summary>Writes all elements to a stream.</summary>
        public void WriteBytesToStream(Stream stream, int bufferSize = 1024)
        {
            byte* start = (byte*)ReadablePointer();
            long length = NumberOfElements * ElementSize;
            for (long written = 0; written < length; written += int.MaxValue)
            {
                stream.Write(new ReadOnlySpan<byte>(start + written, (int)Math.Min(int.MaxValue, length - written)));
            }
        }

        /// <summary>Overwrites all elements from a stream.</summary>
        /// <exception cref="EndOfStreamException">The stream ends before the last element.</exception>
        public void ReadBytesFromStream(Stream stream, int bufferSize = 1024)
        {
            byte* start = (byte*)ReadablePointer();
            long length = NumberOfElements * ElementSize;
            for (long read = 0; read < length; read += int.MaxValue)
            {
                stream.ReadExactly(new Span<byte>(start + read, (int)Math.Min(int.MaxValue, length - read)));
            }
        }

        internal void* DataPointer()
        {
            void* pointer = NativeMethods.um_tensor_data(Handle);
            return pointer != null || NumberOfElements == 0 ? pointer : throw NativeMethods.LastError();
        }

        internal void ValidateType(Type type)
        {
            if (dtype != ToScalarType(type)) throw new ArgumentException($"{type.Name} is not compatible with {dtype}");
        }

        private void* ReadablePointer()
        {
            if (!is_contiguous()) throw new InvalidOperationException("Bytes() called on non-contiguous tensor.");
            if (!is_cpu()) throw new InvalidOperationException(TensorAccessor<byte>.NotOnCpu);
            return DataPointer();
        }

        private Scalar WidenedItem()
        {
            using Tensor wide = to_type(ScalarType.Float32);
            return wide.item<float>();
        }
    }
}
