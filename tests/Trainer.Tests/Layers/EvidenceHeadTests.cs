using UniM2Rec.Trainer.Layers;
using UniM2Rec.Trainer.Sequences;

namespace UniM2Rec.Tests.Layers;

public class EvidenceHeadTests
{
    [Fact]
    public void Adds_the_bias_of_seen_candidates_and_a_growing_function_of_related_ones()
    {
        using var scope = NewDisposeScope();
        var head = new EvidenceHead(seen: true, related: true, predicted: true);
        var evidence = new HistoryEvidence(tensor(new long[] { 1, 3 }), tensor(new long[] { 3, 5 }), tensor(new float[] { 0.5f, 2 }), tensor(new float[] { 0, 0, 0.1f, 0, 0, 0.2f }).view(2, 3));
        var logits = head.Add(ones(2, 3), evidence);

        // At the start: b = 5 · -1, w = v = 1, s = 3, r = 4.
        double Related(double strength) => Math.Log(1 + (Math.Exp(3) * strength));
        double Predicted(double probability) => Math.Log(1 + (Math.Exp(4) * probability));
        double[] expected = [1, 1 - 5, 1 + Predicted(0.1), 1 - 5 + Related(0.5), 1, 1 + Related(2) + Predicted(0.2)];
        Assert.All(expected.Zip(logits.view(-1).data<float>().ToArray()), p => Assert.Equal(p.First, p.Second, 1e-5));

        logits.sum().backward();
        var gradients = head.named_parameters().ToDictionary(p => p.name, p => p.parameter.grad!.item<float>());
        Assert.Equal(2 * 5, gradients["seen_bias"], 1e-4);
        Assert.Equal(Related(0.5) + Related(2), gradients["related_weight"], 1e-4);
        Assert.Equal(Predicted(0.1) + Predicted(0.2), gradients["predicted_weight"], 1e-4);
    }

    [Fact]
    public void A_part_that_is_off_has_no_parameters_and_adds_nothing()
    {
        using var scope = NewDisposeScope();
        var head = new EvidenceHead(seen: true, related: false, predicted: false);
        var evidence = new HistoryEvidence(tensor(new long[] { 0 }), tensor(new long[] { 1 }), tensor(new float[] { 1 }));

        Assert.Equal([-5f, 0], head.Add(zeros(1, 2), evidence).view(-1).data<float>().ToArray());
        Assert.Equal(["seen_bias"], head.named_parameters().Select(p => p.name));
    }
}
