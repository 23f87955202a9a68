using UniM2Rec.Exported;
using UniM2Rec.Trainer.Collaborative;
using UniM2Rec.Trainer.Data;

namespace UniM2Rec.Tests.Collaborative;

public class ScoreCombinationTests
{
    [Fact]
    public void Adds_the_bias_of_seen_candidates_and_a_growing_function_of_each_strength()
    {
        using var scope = NewDisposeScope();
        var head = new ScoreCombination(seen: true, related: true, followed: true, predicted: true, content: true);
        var collaborative = new CollaborativeScores(
            Seen: tensor(new long[] { 1, 3 }),
            Related: new SparseScores(tensor(new long[] { 3, 5 }), tensor(new float[] { 0.5f, 2 })),
            Followed: new SparseScores(tensor(new long[] { 0, 5 }), tensor(new float[] { 0.3f, 4 })),
            Predicted: tensor(new float[] { 0, 0, 0.1f, 0, 0, 0.2f }).view(2, 3))
        {
            Content = tensor(new float[] { 0, 0, 0, 0, 0.7f, 0 }).view(2, 3),
        };
        var logits = head.Join(ones(2, 3), collaborative);

        // At the start g = 1, b = 5 · -1, every w is .6, s is 2.2, for the regression 3, for the content .5.
        double Strength(double strength) => Math.Log(1 + (Math.Exp(2.2) * strength));
        double Predicted(double probability) => Math.Log(1 + (Math.Exp(3) * probability));
        double[] expected =
        [
            1 + (0.6 * Strength(0.3)), 1 - 5, 1 + (0.6 * Predicted(0.1)),
            1 - 5 + (0.6 * Strength(0.5)), 1 + (0.6 * Math.Log(1 + (Math.Exp(0.5) * 0.7))), 1 + (0.6 * (Strength(2) + Strength(4) + Predicted(0.2))),
        ];
        Assert.All(expected.Zip(logits.view(-1).data<float>().ToArray()), p => Assert.Equal(p.First, p.Second, 1e-5));

        logits.sum().backward();
        var gradients = head.named_parameters().ToDictionary(p => p.name, p => p.parameter.grad!.item<float>());
        Assert.Equal(6, gradients["score_weight"], 1e-4);
        Assert.Equal(2 * 5, gradients["seen_bias"], 1e-4);
        Assert.Equal(Strength(0.5) + Strength(2), gradients["related_weight"], 1e-4);
        Assert.Equal(Strength(0.3) + Strength(4), gradients["followed_weight"], 1e-4);
        Assert.Equal(Predicted(0.1) + Predicted(0.2), gradients["predicted_weight"], 1e-4);
    }

    [Fact]
    public void The_networks_score_by_the_own_events_counts_beside_its_score_by_all_and_stands_for_both_where_it_is_the_same()
    {
        using var scope = NewDisposeScope();
        var head = new ScoreCombination(seen: false, related: false, followed: false, predicted: false, own: true);
        var nothingSeen = new CollaborativeScores(zeros(0, dtype: ScalarType.Int64));
        var own = tensor(new float[] { 6, -2 }).view(1, 2);
        var logits = head.Join(tensor(new float[] { 1, 4 }).view(1, 2), nothingSeen with { Own = own });
        Assert.Equal([3.5f, 1], logits.view(-1).data<float>().ToArray());
        Assert.Equal([1f, 4], head.Join(tensor(new float[] { 1, 4 }).view(1, 2), nothingSeen).view(-1).data<float>().ToArray());

        logits.sum().backward();
        var gradients = head.named_parameters().ToDictionary(p => p.name, p => p.parameter.grad!.item<float>());
        Assert.Equal(new() { ["score_weight"] = 5, ["own_score_weight"] = 4 }, gradients);
        var exported = head.Export(apart: false, _ => default);
        Assert.Equal((0.5f, 0.5f, 2), (exported.Score, exported.Own, RecommenderManifest.VersionOf(exported)));
        Assert.Equal(1, RecommenderManifest.VersionOf(exported with { Own = 0 }));
    }

    [Fact]
    public void A_part_that_is_off_has_no_parameters_and_adds_nothing()
    {
        using var scope = NewDisposeScope();
        var head = new ScoreCombination(seen: true, related: false, followed: false, predicted: false);
        var collaborative = new CollaborativeScores(tensor(new long[] { 0 }), new SparseScores(tensor(new long[] { 1 }), tensor(new float[] { 1 })));

        Assert.Equal([-5f, 0], head.Join(zeros(1, 2), collaborative).view(-1).data<float>().ToArray());
        Assert.Equal(["score_weight", "seen_bias"], head.named_parameters().Select(p => p.name));
    }
}
