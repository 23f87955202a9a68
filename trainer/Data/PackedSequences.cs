using static TorchSharp.torch;

namespace UniM2Rec.Trainer.Data;

/// <summary>
/// Several sequences side by side in rows of one length, so that hardly any position is padding. A position attends only to its own sequence.
/// </summary>
public sealed class PackedSequences
{
    private readonly IReadOnlyList<int[]> _asked;
    private readonly int[] _firstState;
    private readonly int[] _sequencesRead;

    internal PackedSequences(
        IReadOnlyList<int[]> sequences, (Tensor Slots, Tensor Positions, Tensor Segments) grids, int[] start, IReadOnlyList<int[]> asked, bool causal, Func<int, int, int>? latestOwn)
    {
        var (slots, positions, segments) = grids;
        (Causal, _asked) = (causal, asked);
        _firstState = new int[asked.Count];
        for (int s = 1; s < asked.Count; s++) _firstState[s] = _firstState[s - 1] + asked[s - 1].Length;
        var read = asked.SelectMany((positionsOf, s) => positionsOf.Select(p => (Sequence: s, Position: start[s] + p))).ToList();
        States = HostDevice.Send(read.Select(r => (long)r.Position).ToArray(), slots.device);
        long[]? own = latestOwn is null ? null : OwnAmong(read, asked, start, latestOwn);
        Own = own is null ? null : HostDevice.Send(own, slots.device);
        ReadPositions = read.Select(r => r.Position).ToArray();
        _sequencesRead = read.Select(r => r.Sequence).ToArray();
        Read = own is null ? States : HostDevice.Send(Array.ConvertAll(ReadPositions, p => (long)p), slots.device);
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

    private PackedSequences(PackedSequences packed, IReadOnlyList<int[]> sequences, Tensor slots)
    {
        (Causal, _asked, _firstState, States) = (packed.Causal, packed._asked, packed._firstState, packed.States);
        (Own, Read, ReadPositions, _sequencesRead) = (packed.Own, packed.Read, packed.ReadPositions, packed._sequencesRead);
        (Positions, Segments, AttentionBias, Start) = (packed.Positions, packed.Segments, packed.AttentionBias, packed.Start);
        (Sequences, Slots) = (sequences, slots);
    }

    /// <summary>The same sequences, of which some are of other slots.</summary>
    /// <param name="isMoved">By sequence: whether it is.</param>
    /// <param name="by">What is added to their items' slots.</param>
    public PackedSequences Moved(bool[] isMoved, int by)
    {
        using var scope = NewDisposeScope();
        var shift = HostDevice.Send([.. isMoved.Select(m => m ? (long)by : 0), 0], Slots.device); // the last is padding's, which is sequence -1
        var ofPosition = where(Segments.lt(0), full_like(Segments, isMoved.Length), Segments);
        var slots = (Slots + shift.index_select(0, ofPosition.view(-1)).view(Slots.shape)).MoveToOuterDisposeScope();
        return new PackedSequences(this, [.. Sequences.Select((s, n) => isMoved[n] ? Array.ConvertAll(s, slot => slot + by) : s)], slots);
    }

    /// <summary>Whether a position sees only earlier ones.</summary>
    public bool Causal { get; }

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

    /// <summary>
    /// [states] int64: by state, the index among <see cref="Read"/> of the state at the latest event, up to it, of a domain that is predicted; or null where each
    /// state is that one itself, or nobody asked.
    /// </summary>
    public Tensor? Own { get; }

    /// <summary>[states and more] int64: as <see cref="States"/>, and behind them the places that <see cref="Own"/> names beside these.</summary>
    public Tensor Read { get; }

    /// <summary>The same.</summary>
    internal int[] ReadPositions { get; }

    /// <summary>
    /// Index, among the states that are asked for, of the one after <paramref name="position"/> of <paramref name="sequence"/>. Where a
    /// position sees the whole sequence there is one state a sequence.
    /// </summary>
    /// <exception cref="ArgumentException">That state was not asked for.</exception>
    public long StateOf(int sequence, int position)
    {
        if (!Causal) return sequence;
        int among = Array.BinarySearch(_asked[sequence], position);
        if (among < 0) throw new ArgumentException($"the state at position {position} of sequence {sequence} was not asked for", nameof(position));
        return _firstState[sequence] + among;
    }

    /// <summary>Number of the sequence that each of <see cref="Read"/> belongs to.</summary>
    internal IReadOnlyList<int> SequencesRead => _sequencesRead;

    /// <summary>Adds to the places that are read those of the latest own events, and says which is whose; null where there is no other.</summary>
    private static long[]? OwnAmong(List<(int Sequence, int Position)> read, IReadOnlyList<int[]> asked, int[] start, Func<int, int, int> latestOwn)
    {
        var among = new Dictionary<int, int>(read.Count);
        for (int r = 0; r < read.Count; r++) among[read[r].Position] = r;
        int states = read.Count;
        long[] own = new long[states];
        for (int s = 0, state = 0; s < asked.Count; s++)
        {
            foreach (int position in asked[s])
            {
                int place = start[s] + latestOwn(s, position);
                if (!among.TryGetValue(place, out int at))
                {
                    among.Add(place, at = read.Count);
                    read.Add((s, place));
                }

                own[state++] = at;
            }
        }

        return own.Index().Any(o => o.Item != o.Index) ? own : null;
    }
}

/// <summary>Packs sequences of different lengths into rows, best fit first.</summary>
public static class SequencePacker
{
    /// <summary>Rows are at least this long, so that short sequences still make matrix products of a useful size.</summary>
    private const int LeastRowLength = 32;

    /// <param name="sequences">Slots of the items of each sequence, in time order; none is empty.</param>
    /// <param name="causal">Whether a position sees only earlier ones.</param>
    /// <param name="device">Where the tensors go.</param>
    /// <param name="asked">
    /// By sequence: the positions whose states are asked for, ascending, each once; or null for the last of each. Where a position sees the
    /// whole sequence there is one state a sequence, whatever is asked.
    /// </param>
    /// <param name="latestOwn">
    /// For models that read a sequence from its latest event of a predicted domain too: from a sequence and a position, the position of that event; or null.
    /// </param>
    public static PackedSequences Pack(
        IReadOnlyList<int[]> sequences, bool causal, Device device, IReadOnlyList<int[]>? asked = null, Func<int, int, int>? latestOwn = null)
    {
        if (!causal || asked is null) asked = sequences.Select(s => new[] { s.Length - 1 }).ToList();
        int length = Math.Max(LeastRowLength, sequences.Max(s => s.Length));
        int[] start = Place(sequences, length, out int rows);

        long[] slots = new long[rows * length];
        long[] positions = new long[rows * length];
        long[] segments = new long[rows * length];
        Array.Fill(segments, -1);
        for (int s = 0; s < sequences.Count; s++)
        {
            for (int p = 0; p < sequences[s].Length; p++)
            {
                slots[start[s] + p] = sequences[s][p];
                positions[start[s] + p] = p;
                segments[start[s] + p] = s;
            }
        }

        return new PackedSequences(sequences, (Grid(slots), Grid(positions), Grid(segments)), start, asked, causal, causal ? latestOwn : null);

        Tensor Grid(long[] values) => HostDevice.Send(values, device).view(rows, length);
    }

    /// <summary>Best fit, longest first: the flat start of each sequence.</summary>
    private static int[] Place(IReadOnlyList<int[]> sequences, int length, out int rows)
    {
        var order = Enumerable.Range(0, sequences.Count).OrderByDescending(s => sequences[s].Length).ThenBy(s => s);
        var rowsWithRoom = Enumerable.Range(0, length + 1).Select(_ => new Stack<int>()).ToArray();
        int[] start = new int[sequences.Count];
        rows = 0;
        foreach (int s in order)
        {
            int need = sequences[s].Length;
            int room = need;
            while (room <= length && rowsWithRoom[room].Count == 0) room++;
            int row = room <= length ? rowsWithRoom[room].Pop() : rows++;
            if (room > length) room = length;
            start[s] = (row * length) + (length - room);
            rowsWithRoom[room - need].Push(row);
        }

        return start;
    }
}

/// <summary>Loops of our own keep to the number of threads that Torch was given (<c>training.threads</c>).</summary>
internal static class TorchThreads
{
    /// <summary>For <see cref="Parallel"/>.</summary>
    public static ParallelOptions Limit => new() { MaxDegreeOfParallelism = get_num_threads() };
}
