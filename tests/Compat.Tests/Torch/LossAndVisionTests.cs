using TorchSharp;
using static TorchSharp.torch;
using static UniM2Rec.Tests.Torch.Reference;

namespace UniM2Rec.Tests.Torch;

[Collection(TorchCollection.Name)]
public sealed class LossAndVisionTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void Losses_equal_their_formulas()
    {
        Tensor logits = Of([1, 2, 0.5, -1, 0, 3], 2, 3);
        Tensor target = tensor(new long[] { 1, 2 });
        double first = -Math.Log(Math.Exp(2) / (Math.Exp(1) + Math.Exp(2) + Math.Exp(0.5)));
        double second = -Math.Log(Math.Exp(3) / (Math.Exp(-1) + 1 + Math.Exp(3)));
        Close([(first + second) / 2], nn.functional.cross_entropy(logits, target));
        Close([first, second], nn.functional.cross_entropy(logits, target, reduction: nn.Reduction.None));
        Close([first], nn.functional.cross_entropy(logits, tensor(new long[] { 1, -100 })));
        Close([first + second], nn.functional.nll_loss(logits.log_softmax(1), target, reduction: nn.Reduction.Sum));
        Close([(1 + 4) / 2.0], nn.functional.mse_loss(Of([1, 2], 2), zeros(2)));
        Close([Math.Log(1 + Math.Exp(-2))], nn.functional.binary_cross_entropy_with_logits(Of([2], 1), ones(1)));
        Close([0.6], nn.functional.cosine_similarity(Of([3, 4], 1, 2), Of([1, 0], 1, 2)));
        Close([0.6, 0.8], nn.functional.normalize(Of([3, 4], 1, 2)));
        Assert.Equal([0L, 1, 0, 0, 0, 1], nn.functional.one_hot(target, 3).data<long>().ToArray());
    }

    [Fact]
    public void Convolution_and_pooling_equal_plain_loops()
    {
        double[] picture = Sequence(16, i => Math.Sin(i));
        double[] kernel = [1, -2, 0.5, 3];
        var expected = new double[9];
        for (int y = 0; y < 3; y++)
        {
            for (int x = 0; x < 3; x++)
            {
                for (int k = 0; k < 4; k++) expected[(y * 3) + x] += kernel[k] * picture[((y + (k / 2)) * 4) + x + (k % 2)];
            }
        }
        Tensor input = Of(picture, 1, 1, 4, 4);
        Close(expected, nn.functional.conv2d(input, Of(kernel, 1, 1, 2, 2)));
        Assert.Equal([1, 1, 2, 2], nn.functional.conv2d(input, ones(1, 1, 3, 3), strides: [2, 2], padding: [1, 1]).shape);
        double Largest(int y, int x) => new[] { 0, 1, 4, 5 }.Max(k => picture[(y * 4) + x + k]);
        Close([Largest(0, 0), Largest(0, 2), Largest(2, 0), Largest(2, 2)], nn.functional.max_pool2d(input, 2));
        Close([picture.Average()], nn.functional.adaptive_avg_pool2d(input, 1));
        Tensor scaled = nn.functional.batch_norm(input, ones(1), full(1, 4.0), full(1, 2.0), zeros(1));
        Close([.. picture.Select(value => 2 * (value - 1) / Math.Sqrt(4 + 1e-5))], scaled);
        Assert.Equal([1, 1, 8, 8], nn.functional.interpolate(input, [8L, 8], mode: InterpolationMode.Bilinear).shape);
        Close([0, 1, 2, 0], nn.functional.pad(Of([1, 2], 2), [1L, 1]));
    }
}
