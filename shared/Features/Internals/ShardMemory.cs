using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace UniM2Rec.Features;

/// <summary>
/// Native memory for shards in work, used again from shard to shard: an allocator that is asked for megabytes by changing threads keeps
/// them for each thread. Safe to use from several threads.
/// </summary>
internal sealed unsafe class ShardMemory : IDisposable
{
    private readonly Lock _state = new();
    private readonly List<(nint Start, long Bytes)> _free = [];
    private bool _closed;

    /// <summary>Zeroed memory; it goes back by <see cref="Return"/>, or is freed by <see cref="NativeMemory.Free"/>.</summary>
    public byte* Rent(long bytes)
    {
        nint found = 0;
        lock (_state)
        {
            int index = _free.FindIndex(block => block.Bytes == bytes);
            if (index >= 0)
            {
                found = _free[index].Start;
                _free.RemoveAt(index);
            }
        }
        if (found == 0)
            return (byte*)NativeMemory.AllocZeroed((nuint)Math.Max(1, bytes));
        NativeMemory.Clear((void*)found, (nuint)bytes);
        return (byte*)found;
    }

    /// <summary>Takes memory back. Blocks of another size than the latest belong to another modality and are freed.</summary>
    public void Return(byte* start, long bytes)
    {
        lock (_state)
        {
            foreach (var (other, _) in _free.Where(block => block.Bytes != bytes))
                NativeMemory.Free((void*)other);
            _free.RemoveAll(block => block.Bytes != bytes);
            if (_closed)
                NativeMemory.Free(start);
            else
                _free.Add(((nint)start, bytes));
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_state)
        {
            _closed = true;
            foreach (var (start, _) in _free)
                NativeMemory.Free((void*)start);
            _free.Clear();
        }
    }
}

/// <summary>
/// Copies numbers past the caches, for results that are larger than these: otherwise the processor reads every line of the destination
/// before it overwrites it.
/// </summary>
internal static unsafe class StreamingCopy
{
    /// <summary>Results from this many numbers on are better written past the caches.</summary>
    public const long Large = 1 << 20;

    public static void Copy(float* source, float* destination, long count)
    {
        long done = 0;
        for (; done < count && (nuint)(destination + done) % (nuint)sizeof(Vector256<float>) != 0; done++)
            destination[done] = source[done];
        for (; done <= count - 2 * Vector256<float>.Count; done += 2 * Vector256<float>.Count)
        {
            Vector256<float> first = Vector256.Load(source + done), second = Vector256.Load(source + done + Vector256<float>.Count);
            first.StoreAlignedNonTemporal(destination + done);
            second.StoreAlignedNonTemporal(destination + done + Vector256<float>.Count);
        }
        for (; done < count; done++)
            destination[done] = source[done];
        // Such writes are not ordered with others.
        Interlocked.MemoryBarrier();
    }
}
