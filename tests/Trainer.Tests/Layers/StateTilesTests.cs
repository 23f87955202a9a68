using UniM2Rec.Trainer.Data;
using UniM2Rec.Trainer.Layers;

namespace UniM2Rec.Tests.Layers;

public class StateTilesTests
{
    [Theory]
    [InlineData(1, 3)]
    [InlineData(60, 9)]
    [InlineData(40, 45)]
    public void Sums_are_those_of_each_sequences_own_positions(int count, int longest)
    {
        using var scope = NewDisposeScope();
        var random = new Random(count);
        var sequences = Enumerable.Range(0, count).Select(_ => new int[1 + random.Next(longest)]).ToList();
        var packed = SequencePacker.Pack(sequences, causal: false, CPU);
        long rows = packed.Slots.shape[0], length = packed.Slots.shape[1];
        var x = randn(rows, length, 3);
        float[] values = x.data<float>().ToArray();

        float[] sums = new StateTiles(packed).Sum(x).data<float>().ToArray();

        for (int s = 0; s < count; s++)
        {
            for (int c = 0; c < 3; c++)
            {
                float own = Enumerable.Range(packed.Start[s], sequences[s].Length).Sum(p => values[(p * 3) + c]);
                Assert.Equal(own, sums[(s * 3) + c], 1e-4f);
            }
        }
    }
}
