using UniM2Rec.Trainer.Data;

namespace UniM2Rec.Tests.Data;

public class SequencePackerTests
{
    [Fact]
    public void Every_sequence_lies_whole_in_one_row_and_none_overlap()
    {
        using var scope = NewDisposeScope();
        var random = new Random(1);
        var sequences = Enumerable.Range(0, 200).Select(s => Enumerable.Range(0, random.Next(1, 41)).Select(i => (s * 100) + i).ToArray()).ToList();
        var packed = SequencePacker.Pack(sequences, causal: true, CPU);

        int length = (int)packed.Slots.shape[1];
        long[] slots = packed.Slots.reshape(-1).data<long>().ToArray();
        long[] segments = packed.Segments.reshape(-1).data<long>().ToArray();
        long[] positions = packed.Positions.reshape(-1).data<long>().ToArray();
        for (int s = 0; s < sequences.Count; s++)
        {
            int start = packed.Start[s];
            Assert.Equal(start / length, (start + sequences[s].Length - 1) / length);
            Assert.Equal(sequences[s].Select(i => (long)i), slots.Skip(start).Take(sequences[s].Length));
            Assert.Equal(Enumerable.Range(0, sequences[s].Length).Select(i => (long)i), positions.Skip(start).Take(sequences[s].Length));
            Assert.All(segments.Skip(start).Take(sequences[s].Length), g => Assert.Equal(s, g));
        }

        Assert.Equal(sequences.Sum(s => s.Length), segments.Count(g => g >= 0));
    }

    [Fact]
    public void Moved_sequences_are_of_other_slots_and_the_others_and_padding_of_their_own()
    {
        using var scope = NewDisposeScope();
        int[][] sequences = [[3, 1, 2], [2], [0, 3]];
        var packed = SequencePacker.Pack(sequences, causal: true, CPU);

        var moved = packed.Moved([true, false, true], 10);

        Assert.Equal([13, 11, 12], moved.Sequences[0]);
        Assert.Equal([2], moved.Sequences[1]);
        Assert.Equal([10, 13], moved.Sequences[2]);
        long[] slots = moved.Slots.reshape(-1).data<long>().ToArray();
        for (int s = 0; s < sequences.Length; s++)
            Assert.Equal(moved.Sequences[s], Enumerable.Range(packed.Start[s], sequences[s].Length).Select(at => (int)slots[at]));
        Assert.Equal(sequences.Sum(s => s.Length), slots.Count(slot => slot != 0)); // slot 0 moved to 10; padding stays at 0
    }

    [Fact]
    public void Hardly_any_position_is_padding()
    {
        using var scope = NewDisposeScope();
        var random = new Random(2);
        var sequences = Enumerable.Range(0, 500).Select(_ => new int[random.Next(1, 51)]).ToList();
        var packed = SequencePacker.Pack(sequences, causal: true, CPU);

        double used = sequences.Sum(s => s.Length) / (double)packed.Slots.numel();
        Assert.True(used > 0.95, $"only {used:P0} of the positions are used");
    }

    [Fact]
    public void A_position_sees_itself_and_earlier_ones_of_its_own_sequence_only()
    {
        using var scope = NewDisposeScope();
        var packed = SequencePacker.Pack([[1, 2, 3], [4, 5]], causal: true, CPU);
        var visible = packed.AttentionBias.eq(0).reshape(packed.Segments.shape[1], packed.Segments.shape[1]);
        for (int s = 0; s < 2; s++)
        {
            int count = s == 0 ? 3 : 2;
            for (int p = 0; p < count; p++)
            {
                bool[] row = visible[packed.Start[s] + p].data<bool>().ToArray();
                var seen = Enumerable.Range(0, row.Length).Where(i => row[i]);
                Assert.Equal(Enumerable.Range(packed.Start[s], p + 1), seen);
            }
        }
    }
}
