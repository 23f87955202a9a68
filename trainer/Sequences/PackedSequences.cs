using static TorchSharp.torch;

namespace UniM2Rec.Trainer.Sequences;

/// <summary>
/// Several sequences side by side in rows of one length, so that hardly any position is padding. A position attends only to its own sequence.
/// </summary>
public sealed class PackedSequences
{
    private readonly bool _causal;
    private readonly IReadOnlyList<int[]> _asked;
    private readonly int[] _firstState;

    internal PackedSequences(
        IReadOnlyList<int[]> sequences, Tensor slots, Tensor positions, Tensor segments, int[] start, IReadOnlyList<int[]> asked, bool causal)
    {
        (_causal, _asked) = (causal, asked);
        _firstState = new int[asked.Count];
        for (int s = 1; s < asked.Count; s++) _firstState[s] = _firstState[s - 1] + asked[s - 1].Length;
        StatePositions = asked.SelectMany((positionsOf, s) => positionsOf.Select(p => start[s] + p)).ToArray();
        States = tensor(Array.ConvertAll(StatePositions, p => (long)p), device: slots.device);
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

    /// <summary>[states] int64: flat index (row · length + column) of each state that is asked for, in the order of the sequences and their positions.</summary>
    public Tensor States { get; }

    /// <summary>The same.</summary>
    internal int[] StatePositions { get; }

    /// <summary>
    /// Index, among the states that are asked for, of the one after <paramref name="position"/> of <paramref name="sequence"/>. Where a
    /// position sees the whole sequence there is one state a sequence.
    /// </summary>
    /// <exception cref="ArgumentException">That state was not asked for.</exception>
    public long StateOf(int sequence, int position)
    {
        if (!_causal) return sequence;
        int among = Array.BinarySearch(_asked[sequence], position);
        if (among < 0) throw new ArgumentException($"the state at position {position} of sequence {sequence} was not asked for", nameof(position));
        return _firstState[sequence] + among;
    }

    /// <summary>Number of the sequence that each of <see cref="States"/> belongs to.</summary>
    internal IEnumerable<int> SequencesOfStates => _asked.SelectMany((positions, s) => Enumerable.Repeat(s, positions.Length));
}
