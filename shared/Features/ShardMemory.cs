using System.Runtime.InteropServices;

namespace UniM2Rec.Features;

/// <summary>
/// Native memory for shards in work, used again from shard to shard: an allocator that is asked for megabytes by changing threads keeps
/// them for each thread. Safe to use from several threads.
/// </summary>
internal sealed unsafe class ShardMemory : IDisposable
{
    private readonly Lock state = new();
    private readonly List<(nint Start, long Bytes)> free = [];
    private bool closed;

    /// <summary>Zeroed memory; it goes back by <see cref="Return"/>, or is freed by <see cref="NativeMemory.Free"/>.</summary>
    public byte* Rent(long bytes)
    {
        nint found = 0;
        lock (state)
        {
            int index = free.FindIndex(block => block.Bytes == bytes);
            if (index >= 0)
            {
                found = free[index].Start;
                free.RemoveAt(index);
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
        lock (state)
        {
            foreach (var (other, _) in free.Where(block => block.Bytes != bytes))
                NativeMemory.Free((void*)other);
            free.RemoveAll(block => block.Bytes != bytes);
            if (closed)
                NativeMemory.Free(start);
            else
                free.Add(((nint)start, bytes));
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (state)
        {
            closed = true;
            foreach (var (start, _) in free)
                NativeMemory.Free((void*)start);
            free.Clear();
        }
    }
}
