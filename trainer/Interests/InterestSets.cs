using UniM2Rec.Trainer.Data;
using static TorchSharp.torch;

namespace UniM2Rec.Trainer.Interests;

/// <summary>The distinct interests of each sequence of a batch, over all its items and modalities, packed side by side.</summary>
public sealed class InterestSets
{
    private InterestSets(long[] interests, PackedSequences packed)
    {
        Interests = interests;
        Packed = packed;
    }

    /// <summary>The distinct interests that occur in the batch.</summary>
    public long[] Interests { get; }

    /// <summary>The sets as sequences of indices into <see cref="Interests"/>; their order means nothing.</summary>
    public PackedSequences Packed { get; }

    /// <param name="sequences">The items' sequences.</param>
    /// <param name="membership">[slots, modalities] int64: interests of the batch's items; -1 = none.</param>
    /// <param name="none">Stands for the interest of a sequence that has none, as none of its items has any feature.</param>
    public static InterestSets Of(PackedSequences sequences, Tensor membership, long none)
    {
        int modalities = (int)membership.shape[1];
        long[] bySlot = HostDevice.AskWhole(membership);
        var numbers = new Dictionary<long, int>();
        int[][] sets = new int[sequences.Sequences.Count][];
        var set = new HashSet<int>();
        for (int s = 0; s < sets.Length; s++)
        {
            set.Clear();
            foreach (int slot in sequences.Sequences[s])
            {
                for (int m = 0; m < modalities; m++)
                {
                    if (bySlot[(slot * modalities) + m] is var interest and >= 0) set.Add(Number(interest));
                }
            }

            if (set.Count == 0) set.Add(Number(none));
            sets[s] = set.ToArray();
        }

        long[] interests = numbers.OrderBy(n => n.Value).Select(n => n.Key).ToArray();
        return new InterestSets(interests, SequencePacker.Pack(sets, causal: false, membership.device));

        int Number(long interest)
        {
            if (numbers.TryGetValue(interest, out int number)) return number;
            return numbers[interest] = numbers.Count;
        }
    }
}
