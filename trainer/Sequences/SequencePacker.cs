using static TorchSharp.torch;

namespace UniM2Rec.Trainer.Sequences;

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
    public static PackedSequences Pack(IReadOnlyList<int[]> sequences, bool causal, Device device, IReadOnlyList<int[]>? asked = null)
    {
        if (!causal || asked is null) asked = sequences.Select(s => new[] { s.Length - 1 }).ToList();
        int length = Math.Max(LeastRowLength, sequences.Max(s => s.Length));
        var start = Place(sequences, length, out int rows);

        var slots = new long[rows * length];
        var positions = new long[rows * length];
        var segments = new long[rows * length];
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

        return new PackedSequences(sequences, Grid(slots), Grid(positions), Grid(segments), start, asked, causal);

        Tensor Grid(long[] values) => tensor(values, device: device).view(rows, length);
    }

    /// <summary>Best fit, longest first: the flat start of each sequence.</summary>
    private static int[] Place(IReadOnlyList<int[]> sequences, int length, out int rows)
    {
        var order = Enumerable.Range(0, sequences.Count).OrderByDescending(s => sequences[s].Length).ThenBy(s => s);
        var rowsWithRoom = Enumerable.Range(0, length + 1).Select(_ => new Stack<int>()).ToArray();
        var start = new int[sequences.Count];
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
