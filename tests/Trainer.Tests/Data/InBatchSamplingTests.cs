using UniM2Rec.Tests.Fixtures;
using UniM2Rec.Trainer.Data;
using UniM2Rec.Trainer.Training;

namespace UniM2Rec.Tests.Data;

public class InBatchSamplingTests
{
    // Items 0, 1 and 2 are targets 3, 2 and 1 times out of 6; item 3 never.
    private static readonly InteractionLog Log = Logs.Of([3, 0, 0, 1], [3, 0, 1, 2]);

    private static readonly List<Example> Training =
    [
        new Example(Log, 0, 0, 3, [(0, 1), (1, 2), (2, 3)]),
        new Example(Log, 1, 4, 7, [(4, 5), (5, 6), (6, 7)]),
    ];

    [Fact]
    public void The_weighted_sum_over_a_batch_is_the_sum_over_the_catalogue_in_expectation()
    {
        const int Batch = 3;
        double[] share = [3 / 6.0, 2 / 6.0, 1 / 6.0];
        double[] value = [0.7, -2, 5];
        double[] weights = InBatchSampling.LogWeights(Training, itemCount: 4, Batch).Select(w => Math.Exp(w)).ToArray();

        double expected = 0;
        for (int draw = 0; draw < 27; draw++)
        {
            int[] batch = [draw % 3, draw / 3 % 3, draw / 9];
            expected += batch.Aggregate(1.0, (p, item) => p * share[item]) * batch.Distinct().Sum(item => weights[item] * value[item]);
        }

        Assert.Equal(value.Sum(), expected, 1e-6);
        Assert.Equal(1, weights[3]);
    }

    [Fact]
    public void Negatives_count_with_their_weights_and_the_positive_once()
    {
        using var scope = NewDisposeScope();
        float[] weights = InBatchSampling.LogWeights(Training, itemCount: 4, batchTargets: 3);
        var batch = new BatchBuilder(4, causal: true, CPU) { LogWeights = weights }.Build(Training);
        Assert.Equal([0, 1, 2], batch.ItemRows[..batch.CandidateCount]);
        Assert.Equal(weights[..3], batch.CandidateLogWeight!.data<float>().ToArray());

        double[] scores = [0.3, -1, 2];
        var logits = tensor(scores.Select(s => (float)s).ToArray()).unsqueeze(0);
        double loss = SequenceItemContrast.Loss(logits, tensor(new long[] { 1 }), batch.CandidateLogWeight).item<float>();

        double sum = Math.Exp(scores[1]) + new[] { 0, 2 }.Sum(i => Math.Exp(scores[i] + weights[i]));
        Assert.Equal(Math.Log(sum) - scores[1], loss, 1e-5);
    }
}
