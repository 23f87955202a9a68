using static TorchSharp.torch;

namespace UniM2Rec.Trainer.Sequences;

/// <summary>
/// Several sequences side by side in rows of one length, so that hardly any position is padding. A position attends only to its own sequence.
/// </summary>
public sealed class PackedSequences
{
    private readonly bool _causal;

    internal PackedSequences(IReadOnlyList<int[]> sequences, Tensor slots, Tensor positions, Tensor segments, int[] start, bool causal)
    {
        _causal = causal;
        Sequences = sequences;
        Slots = slots;
        Positions = positions;
        Segments = segments;
        Start = start;
        using var scope = NewDisposeScope();
        var same = segments.unsqueeze(2).eq(segments.unsqueeze(1));
        if (causal) same = same.logical_and(ones(segments.shape[1], segments.shape[1], dtype: ScalarType.Bool, device: segments.device).tril());
        AttentionBias = zeros_like(same, dtype: ScalarType.Float32).masked_fill_(same.logical_not(), float.NegativeInfinity)
            .unsqueeze(1).MoveToOuterDisposeScope();
    }

    /// <summary>By sequence: the slots of its items, in time order.</summary>
    public IReadOnlyList<int[]> Sequences { get; }

    /// <summary>[rows, length] int64: the item's slot in the batch; padding repeats slot 0.</summary>
    public Tensor Slots { get; }

    /// <summary>[rows, length] int64: position within the own sequence, from 0.</summary>
    public Tensor Positions { get; }

    /// <summary>[rows, length] int64: number of the sequence; padding is -1.</summary>
    public Tensor Segments { get; }

    /// <summary>[rows, 1, length, length]: 0 where the second position may be seen from the first, else −∞.</summary>
    public Tensor AttentionBias { get; }

    /// <summary>By sequence: the flat index (row · length + column) of its first position.</summary>
    public int[] Start { get; }

    /// <summary>
    /// Index, among a model's states, of the one after <paramref name="position"/> of <paramref name="sequence"/>. Causal models have a state
    /// at each position; others have one a sequence, which sees all of it.
    /// </summary>
    public long StateOf(int sequence, int position) => _causal ? Start[sequence] + position : sequence;
}
