using System.Collections;

namespace TorchSharp.Utils;

/// <summary>
/// Reads and writes a tensor's elements, in the order of its shape whatever its strides are. Holds the tensor, not a
/// copy: valid until the tensor is disposed.
/// </summary>
public sealed unsafe class TensorAccessor<T> : IDisposable, IEnumerable<T> where T : unmanaged
{
    internal const string NotOnCpu =
        "Reading data from non-CPU memory is not supported. Move or copy the tensor to the cpu before reading.";

    private readonly torch.Tensor _tensor;
    private readonly T* _data;
    private readonly long[] _shape;
    private readonly long[] _strides;
    private readonly bool _contiguous;

    internal TensorAccessor(torch.Tensor tensor)
    {
        if (tensor.device_type != DeviceType.CPU) throw new InvalidOperationException(NotOnCpu);
        _tensor = tensor;
        _data = (T*)tensor.DataPointer();
        _shape = tensor.shape;
        _strides = tensor.stride();
        _contiguous = tensor.is_contiguous();
        Count = tensor.numel();
    }

    public long Count { get; }

    public bool IsReadOnly => false;

    /// <summary>An element by its index in each dimension, or by its rank in the order of the shape.</summary>
    public T this[params long[] indices]
    {
        get => _data[Offset(indices)];
        set => _data[Offset(indices)] = value;
    }

    public T[] ToArray()
    {
        var array = new T[Count];
        if (array.Length > 0) CopyTo(array.AsSpan());
        return array;
    }

    public void CopyTo(T[] array, int arrayIndex = 0, long tensorIndex = 0) => CopyTo(array.AsSpan(), arrayIndex, tensorIndex);

    public void CopyTo(Span<T> array, int arrayIndex = 0, long tensorIndex = 0)
    {
        Span<T> target = array[arrayIndex..Fitting(array.Length, arrayIndex, tensorIndex)];
        if (_contiguous)
        {
            new ReadOnlySpan<T>(_data + tensorIndex, target.Length).CopyTo(target);
            return;
        }
        for (int i = 0; i < target.Length; i++) target[i] = _data[Offset(tensorIndex + i)];
    }

    public void CopyFrom(T[] array, int arrayIndex = 0, long tensorIndex = 0) =>
        CopyFrom((ReadOnlySpan<T>)array, arrayIndex, tensorIndex);

    public void CopyFrom(ReadOnlySpan<T> array, int arrayIndex = 0, long tensorIndex = 0)
    {
        ReadOnlySpan<T> source = array[arrayIndex..Fitting(array.Length, arrayIndex, tensorIndex)];
        if (_contiguous)
        {
            source.CopyTo(new Span<T>(_data + tensorIndex, source.Length));
            return;
        }
        for (int i = 0; i < source.Length; i++) _data[Offset(tensorIndex + i)] = source[i];
    }

    public IEnumerator<T> GetEnumerator()
    {
        for (long i = 0; i < Count; i++) yield return At(i);
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Disposes nothing: the tensor stays the caller's.</summary>
    public void Dispose()
    {
    }

    private T At(long rank)
    {
        T value = _data[Offset(rank)];
        GC.KeepAlive(_tensor);
        return value;
    }

    private int Fitting(int length, int arrayIndex, long tensorIndex)
    {
        if (tensorIndex < 0 || tensorIndex >= Count) throw new ArgumentOutOfRangeException(nameof(tensorIndex));
        return (int)Math.Min(length, arrayIndex + (Count - tensorIndex));
    }

    private long Offset(long[] indices)
    {
        if (indices.Length == 1)
        {
            if (indices[0] >= Count) throw new IndexOutOfRangeException();
            return Offset(indices[0]);
        }
        long offset = 0;
        for (int i = 0; i < _shape.Length; i++)
        {
            if (indices[i] >= _shape[i] || indices[i] < 0)
            {
                throw new IndexOutOfRangeException($"{indices[i]} >= {_shape[i]} in dimension {i}.");
            }
            offset += indices[i] * _strides[i];
        }
        return offset;
    }

    private long Offset(long rank)
    {
        if (rank < 0 || rank >= Count) throw new ArgumentOutOfRangeException(nameof(rank), $"{rank} in a collection of {Count} elements.");
        if (_contiguous) return rank;
        long offset = 0;
        for (int i = _shape.Length - 1; i >= 0; i--)
        {
            (rank, long position) = Math.DivRem(rank, _shape[i]);
            offset += position * _strides[i];
        }
        return offset;
    }
}
