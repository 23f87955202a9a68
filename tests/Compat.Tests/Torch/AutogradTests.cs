using TorchSharp;
using static TorchSharp.torch;
using static UniM2Rec.Tests.Torch.Reference;

namespace UniM2Rec.Tests.Torch;

[Collection(TorchCollection.Name)]
public sealed class AutogradTests : IDisposable
{
    private static readonly double[] X = [0.3, -0.8, 1.2, 0.1, -0.4, 0.9];
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    public static TheoryData<string, Func<Tensor, Tensor>> Losses => new()
    {
        { "softmax", x => (x.softmax(1) * x).sum() },
        { "gelu", x => nn.functional.gelu(x).square().sum() },
        { "layer norm", x => (nn.functional.layer_norm(x, [3]) * x).sum() },
        { "normalize", x => nn.functional.normalize(x, dim: 1).matmul(x.t()).sum() },
        { "cross-entropy", x => nn.functional.cross_entropy(x, tensor(new long[] { 2, 0 }), label_smoothing: 0.1) },
        { "indexing", x => (x[tensor(new long[] { 1, 1, 0 })] * 2).pow(3).sum() },
        { "masks", x => x.masked_fill(x > 0.5, 0).exp().logsumexp(1, false).sum() },
        { "bce", x => nn.functional.binary_cross_entropy_with_logits(x, x.detach().gt(0).to(ScalarType.Float64)) },
        { "std", x => x.std(1).sum() + x.var(0, unbiased: false).sum() },
    };

    [Theory]
    [MemberData(nameof(Losses))]
    public void Gradients_equal_central_differences(string name, Func<Tensor, Tensor> loss)
    {
        Tensor x = tensor(X, [2L, 3], dtype: ScalarType.Float64, requires_grad: true);
        loss(x).backward();
        double[] found = x.grad!.data<double>().ToArray();
        double[] expected = Gradient(loss, X, [2, 3]);
        for (int i = 0; i < found.Length; i++)
        {
            // The loss with x.detach() in it is piecewise constant there, so the differences hold for it too.
            Assert.True(Math.Abs(expected[i] - found[i]) < 1e-6, $"{name}, element {i}: expected {expected[i]}, got {found[i]}");
        }
    }

    [Fact]
    public void Gradients_accumulate_until_they_are_cleared()
    {
        Tensor x = ones(2, requires_grad: true);
        Assert.Null(x.grad);
        (x * 3).sum().backward();
        (x * 3).sum().backward();
        Close([6, 6], x.grad!);
        x.grad!.zero_();
        Close([0, 0], x.grad!);
        x.grad = null;
        Assert.Null(x.grad);
    }

    [Fact]
    public void Gradients_of_chosen_inputs_leave_the_leaves_alone()
    {
        Tensor x = tensor(3.0, requires_grad: true);
        Tensor y = x * x;
        IList<Tensor> first = autograd.grad([y], [x], create_graph: true);
        Assert.Equal(6, first[0].item<double>(), 1e-12);
        Assert.Equal(2, autograd.grad([first[0]], [x])[0].item<double>(), 1e-12);
        Assert.Null(x.grad);
    }

    [Fact]
    public void No_graph_is_recorded_where_it_is_turned_off()
    {
        Tensor x = ones(2, requires_grad: true);
        using (no_grad())
        {
            Assert.False(is_grad_enabled());
            Assert.False((x * 2).requires_grad);
            using (enable_grad()) Assert.True((x * 2).requires_grad);
        }
        using (inference_mode()) Assert.False((x * 2).requires_grad);
        Assert.True((x * 2).requires_grad);
        Assert.False(x.detach().requires_grad);
        Assert.True(x.is_leaf);
        Assert.False((x * 2).is_leaf);
    }
}
