using UniM2Rec.Trainer.Sequences;
using static TorchSharp.torch;

namespace UniM2Rec.Trainer.Layers;

/// <summary>
/// The states that a causal packing asks for, in groups of rows that hold about equally many of them, so that they meet their rows' positions
/// in a few matrix products without much padding.
/// </summary>
public sealed class StateGroups
{
    private readonly Tensor _order;

    /// <param name="packed">The packing; it must outlive this object.</param>
    public StateGroups(PackedSequences packed)
    {
        long length = packed.Slots.shape[1];
        var device = packed.Slots.device;
        var starts = packed.SequencesOfStates.Select(s => packed.Start[s]).ToArray();
        var statesOfRow = Enumerable.Range(0, (int)packed.Slots.shape[0]).Select(_ => new List<int>()).ToArray();
        for (int s = 0; s < starts.Length; s++) statesOfRow[starts[s] / length].Add(s);

        var order = new long[starts.Length];
        var groups = new List<Group>();
        int offset = 0;
        foreach (var rows in Enumerable.Range(0, statesOfRow.Length).Where(r => statesOfRow[r].Count > 0)
                     .GroupBy(r => Capacity(statesOfRow[r].Count)).OrderBy(g => g.Key))
        {
            var members = rows.ToArray();
            var states = new long[members.Length * rows.Key];
            var isHidden = new bool[states.Length * length];
            for (int r = 0; r < members.Length; r++)
            {
                var own = statesOfRow[members[r]];
                for (int q = 0; q < own.Count; q++)
                {
                    int at = (r * rows.Key) + q, s = own[q];
                    states[at] = s;
                    order[s] = offset + at;
                    var visible = isHidden.AsSpan((int)(at * length), (int)length);
                    visible.Fill(true);
                    visible[(int)(starts[s] % length)..(int)((packed.StatePositions[s] % length) + 1)].Clear();
                }
            }

            offset += states.Length;
            groups.Add(new Group(
                tensor(Array.ConvertAll(members, r => (long)r), device: device),
                tensor(states, device: device),
                tensor(isHidden, device: device).view(members.Length, rows.Key, 1, length)));
        }

        Groups = groups;
        _order = tensor(order, device: device);
    }

    /// <summary>The groups.</summary>
    internal IReadOnlyList<Group> Groups { get; }

    /// <summary>Puts what was computed group by group into the order of the states.</summary>
    /// <param name="byGroup">By group: [rows · capacity, ...].</param>
    /// <returns>[states, ...]</returns>
    internal Tensor InOrder(IReadOnlyList<Tensor> byGroup) => cat(byGroup.ToArray(), 0).index_select(0, _order);

    /// <summary>States that a row has room for in its group: powers of two and their halfway points.</summary>
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
    /// <param name="States">[rows · capacity] int64: which state each place stands for; unused places repeat state 0.</param>
    /// <param name="IsHidden">[rows, capacity, 1, length]: where a position is not the place's to see; unused places see all, so that nothing becomes NaN.</param>
    internal sealed record Group(Tensor Rows, Tensor States, Tensor IsHidden);
}
