using UniM2Rec.Trainer.Sequences;
using static TorchSharp.torch;

namespace UniM2Rec.Trainer.Layers;

/// <summary>
/// The packed rows of a batch, in groups of rows that hold about equally many sequences, so that something which exists once a sequence (a
/// query, a sum) meets the row's positions in a few matrix products without much padding.
/// </summary>
public sealed class SequenceGroups
{
    private readonly Tensor _order;
    private readonly long _length;

    /// <param name="packed">The packing; it must outlive this object.</param>
    public SequenceGroups(PackedSequences packed)
    {
        _length = packed.Slots.shape[1];
        var device = packed.Slots.device;
        var sequencesOfRow = Enumerable.Range(0, (int)packed.Slots.shape[0]).Select(_ => new List<int>()).ToArray();
        for (int s = 0; s < packed.Start.Length; s++) sequencesOfRow[packed.Start[s] / _length].Add(s);

        var order = new long[packed.Start.Length];
        var groups = new List<Group>();
        int offset = 0;
        foreach (var rows in Enumerable.Range(0, sequencesOfRow.Length).GroupBy(r => Capacity(sequencesOfRow[r].Count)).OrderBy(g => g.Key))
        {
            var members = rows.ToArray();
            var queries = new long[members.Length * rows.Key];
            var isMember = new float[queries.Length * _length];
            for (int r = 0; r < members.Length; r++)
            {
                var sequences = sequencesOfRow[members[r]];
                for (int q = 0; q < sequences.Count; q++)
                {
                    int at = (r * rows.Key) + q, s = sequences[q];
                    queries[at] = s;
                    order[s] = offset + at;
                    isMember.AsSpan((int)((at * _length) + (packed.Start[s] % _length)), packed.Sequences[s].Length).Fill(1);
                }
            }

            offset += queries.Length;
            groups.Add(new Group(
                tensor(Array.ConvertAll(members, r => (long)r), device: device),
                tensor(queries, device: device),
                tensor(isMember, device: device).view(members.Length, rows.Key, _length)));
        }

        Groups = groups;
        _order = tensor(order, device: device);
    }

    /// <summary>The groups.</summary>
    internal IReadOnlyList<Group> Groups { get; }

    /// <summary>Puts what was computed group by group into the order of the sequences.</summary>
    /// <param name="byGroup">By group: [rows · capacity, ...].</param>
    /// <returns>[sequences, ...]</returns>
    internal Tensor InOrder(IReadOnlyList<Tensor> byGroup) => cat(byGroup.ToArray(), 0).index_select(0, _order);

    /// <summary>Sums over each sequence's positions.</summary>
    /// <param name="x">[rows, length, width]</param>
    /// <returns>[sequences, width]</returns>
    public Tensor Sum(Tensor x)
    {
        using var scope = NewDisposeScope();
        long width = x.shape[2];
        return InOrder(Groups.Select(g => g.IsMember.matmul(x.index_select(0, g.Rows)).reshape(-1, width)).ToList()).MoveToOuterDisposeScope();
    }

    /// <summary>Sequences that a row has room for in its group: powers of two and their halfway points.</summary>
    private static int Capacity(int count)
    {
        int capacity = 1;
        while (capacity < count)
        {
            if (capacity >= 2 && capacity + (capacity / 2) >= count) return capacity + (capacity / 2);
            capacity *= 2;
        }

        return capacity;
    }

    /// <param name="Rows">[rows] int64: which rows of the packing.</param>
    /// <param name="Sequences">[rows · capacity] int64: which sequence each place stands for; unused places repeat sequence 0.</param>
    /// <param name="IsMember">[rows, capacity, length]: 1 where a position belongs to the place's sequence; all 0 for unused places.</param>
    internal sealed record Group(Tensor Rows, Tensor Sequences, Tensor IsMember);
}
