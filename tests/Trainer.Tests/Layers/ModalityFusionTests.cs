using UniM2Rec.Trainer.Configuration;
using UniM2Rec.Trainer.Layers;

namespace UniM2Rec.Tests.Layers;

public class ModalityFusionTests
{
    private readonly Tensor _present = tensor(new float[] { 1, 1, 1, 0, 0, 0 }).view(3, 2);
    private readonly Tensor[] _vectors = [tensor(new float[] { 1, 2, 3, 4, 5, 6 }).view(3, 2), tensor(new float[] { 10, 20, 30, 40, 50, 60 }).view(3, 2)];
    private readonly Tensor _domains = tensor(new long[] { 0, 1, 1 });

    [Theory]
    [InlineData(FusionKind.Equal)]
    [InlineData(FusionKind.Learned)]
    [InlineData(FusionKind.Gated)]
    public void At_the_start_it_is_the_mean_of_the_modalities_that_are_present(FusionKind kind)
    {
        using var scope = NewDisposeScope();
        float[] fused = new ModalityFusion(kind, 2, 2, 2).Fuse(_vectors, _present, _domains).data<float>().ToArray();

        // Both: the mean. One: that one. None: zero, and no NaN.
        Assert.Equal([5.5f, 11, 3, 4, 0, 0], fused);
    }

    [Fact]
    public void Learned_weights_are_a_softmax_over_present_modalities()
    {
        using var scope = NewDisposeScope();
        var fusion = new ModalityFusion(FusionKind.Learned, 2, 2, 2);
        using (no_grad()) fusion.named_parameters().Single().parameter.copy_(tensor(new float[] { 1, 3 }));
        float[] fused = fusion.Fuse(_vectors, _present, _domains).data<float>().ToArray();

        double w = 1 / (1 + Math.Exp(2));
        Assert.Equal((w * 1) + ((1 - w) * 10), fused[0], 1e-5);
        Assert.Equal(3, fused[2], 1e-6);
    }
}
