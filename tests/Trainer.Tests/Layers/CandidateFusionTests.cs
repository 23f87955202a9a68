using UniM2Rec.Trainer.Configuration;
using UniM2Rec.Trainer.Layers;

namespace UniM2Rec.Tests.Layers;

public class CandidateFusionTests
{
    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void Scores_are_cosines_weighted_by_their_softmax_over_what_is_present(int modalities)
    {
        using var scope = NewDisposeScope();
        manual_seed(1);
        const int states = 4, candidates = 6;
        var present = (rand(candidates, modalities) > 0.3).to(ScalarType.Float32);
        present[0] = zeros(modalities);
        present[1] = ones(modalities);
        var cosines = Enumerable.Range(0, modalities).Select(m => (rand(states, candidates) * 2 - 1) * present.select(1, m)).ToArray();
        var alpha = randn(candidates) * 3;
        var fused = new CandidateFusion(CandidateFusionKind.Instance, candidates).Fuse(cosines, present, alpha);

        for (int s = 0; s < states; s++)
        {
            for (int c = 0; c < candidates; c++)
            {
                double a = alpha[c].item<float>(), sum = 0, mass = 0;
                for (int m = 0; m < modalities; m++)
                {
                    if (present[c][m].item<float>() == 0) continue;
                    double cosine = cosines[m][s][c].item<float>();
                    sum += cosine * Math.Exp(a * cosine);
                    mass += Math.Exp(a * cosine);
                }

                Assert.Equal(mass == 0 ? 0 : sum / mass, fused[s][c].item<float>(), 1e-5);
            }
        }
    }

    [Theory]
    [InlineData(CandidateFusionKind.Static, 0)]
    [InlineData(CandidateFusionKind.Shared, 1)]
    [InlineData(CandidateFusionKind.Instance, 5)]
    public void Fusion_starts_as_the_mean_with_one_alpha_for_all_or_for_each(CandidateFusionKind kind, int parameters)
    {
        using var scope = NewDisposeScope();
        var fusion = new CandidateFusion(kind, 5);
        var alpha = fusion.Sharpness(tensor(new long[] { 4, 0, 2 }));
        Assert.Equal([3], alpha.shape);
        Assert.Equal([0f, 0f, 0f], alpha.contiguous().data<float>().ToArray());
        Assert.Equal(parameters, fusion.parameters().Sum(p => p.numel()));
    }
}
