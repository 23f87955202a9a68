using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using UniM2Rec.Trainer.Data;
using static TorchSharp.torch;

namespace UniM2Rec.Trainer.Layers;

/// <summary>
/// Draws dropout masks. Torch's processor generator is serial: its functional.dropout takes 24.6 ms where this takes 3.0, and would cost a fifth
/// of a step. Here every element's number is a hash of the step's seed and the element's index, so it is drawn in vectors, on all cores, and the
/// same seed gives the same masks whatever the number of threads.
/// </summary>
public sealed class DropoutMasks
{
    private const int Chunk = 1 << 15;

    /// <summary>Elements of a tensor that are written at once: a span of its bytes holds no more than 2 GiB.</summary>
    private const int LargestPiece = 1 << 28;

    private uint _key;
    private uint _drawn;

    /// <summary>Starts the sequence of masks anew; call it at each step with a number that is a function of the seed and the step.</summary>
    public void Reseed(ulong seed)
    {
        // Hashed before it is cut to 32 bits: a fold of its halves would be the same for a seed and its complement.
        _key = (uint)(SplitMix64.Mix(seed) >> 32);
        _drawn = 0;
    }

    /// <summary>
    /// Scales <paramref name="x"/> by 0 with probability <paramref name="p"/>, else by 1/(1 − p), elementwise.
    /// </summary>
    public Tensor Apply(Tensor x, double p, bool training)
    {
        if (!training || p <= 0) return x;
        return x.device_type == DeviceType.CPU
            ? x * Draw(x.shape, p, (float)(1 / (1 - p)))
            : nn.functional.dropout(x, p, training: true);
    }

    /// <summary><see cref="Apply"/> as a function, or null where nothing would be dropped.</summary>
    public Func<Tensor, Tensor>? Dropping(double p, bool training) => training && p > 0 ? x => Apply(x, p, training: true) : null;

    /// <summary>A new tensor of <paramref name="kept"/> with probability 1 − <paramref name="p"/>, else 0.</summary>
    public Tensor Draw(long[] shape, double p, float kept) => Draw(shape, p, kept, LargestPiece);

    /// <summary>The same on a device, which draws by itself where it is not the processor, so that no mask is sent to it.</summary>
    public Tensor Draw(long[] shape, double p, float kept, Device device)
    {
        if (device.type == DeviceType.CPU) return Draw(shape, p, kept);
        using var scope = NewDisposeScope();
        return rand(shape, device: device).ge(p).to(ScalarType.Float32).mul_(kept).MoveToOuterDisposeScope();
    }

    /// <summary>The same by pieces of so many elements at most; what is drawn does not depend on it.</summary>
    internal Tensor Draw(long[] shape, double p, float kept, int largestPiece)
    {
        var mask = empty(shape, dtype: ScalarType.Float32);
        // One key a mask; the elements' indices never meet those of another mask because the key is hashed in.
        uint key = Mix(_key + (++_drawn * 0x85EBCA77u));
        uint threshold = (uint)Math.Min(uint.MaxValue, p * 4294967296.0);
        long count = mask.numel();
        if (count <= largestPiece)
        {
            Fill(mask, 0, key, threshold, kept);
            return mask;
        }

        using var scope = NewDisposeScope();
        var flat = mask.view(-1);
        for (long first = 0; first < count; first += largestPiece) Fill(flat.narrow(0, first, Math.Min(largestPiece, count - first)), first, key, threshold, kept);
        return mask;
    }

    /// <summary>Fills a piece of a mask.</summary>
    private static void Fill(Tensor piece, long origin, uint key, uint threshold, float kept)
    {
        int chunks = (int)((piece.numel() + Chunk - 1) / Chunk);
        if (chunks <= 2)
        {
            for (int c = 0; c < chunks; c++) FillChunk(piece, origin, c, key, threshold, kept);
        }
        else
        {
            Parallel.For(0, chunks, TorchThreads.Limit, c => FillChunk(piece, origin, c, key, threshold, kept));
        }
    }

    private static void FillChunk(Tensor mask, long origin, int chunk, uint key, uint threshold, float kept)
    {
        var all = MemoryMarshal.Cast<byte, float>(mask.bytes);
        int first = chunk * Chunk;
        var span = all.Slice(first, Math.Min(Chunk, all.Length - first));
        int i = 0;
        if (Vector256.IsHardwareAccelerated)
        {
            var index = Vector256.Create((uint)(origin + first)) + Vector256.Create(0u, 1, 2, 3, 4, 5, 6, 7);
            var step = Vector256.Create(8u);
            var keyVector = Vector256.Create(key);
            var limit = Vector256.Create(threshold);
            var value = Vector256.Create(kept);
            for (; i <= span.Length - 8; i += 8)
            {
                var drop = Vector256.LessThan(Mix(index ^ keyVector), limit).AsSingle();
                Vector256.AndNot(value, drop).CopyTo(span[i..]);
                index += step;
            }
        }

        for (; i < span.Length; i++) span[i] = Mix((uint)(origin + first + i) ^ key) < threshold ? 0 : kept;
    }

    /// <summary>A 32-bit integer hash with full avalanche (the "lowbias32" constants of C. Wellons' hash prospector).</summary>
    private static uint Mix(uint x)
    {
        x ^= x >> 16;
        x *= 0x7FEB352Du;
        x ^= x >> 15;
        x *= 0x846CA68Bu;
        return x ^ (x >> 16);
    }

    private static Vector256<uint> Mix(Vector256<uint> x)
    {
        x ^= x >>> 16;
        x *= 0x7FEB352Du;
        x ^= x >>> 15;
        x *= 0x846CA68Bu;
        return x ^ (x >>> 16);
    }
}
