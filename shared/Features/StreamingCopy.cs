using System.Runtime.Intrinsics;

namespace UniM2Rec.Features;

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
