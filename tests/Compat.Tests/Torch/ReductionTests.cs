using TorchSharp;
using static TorchSharp.torch;
using static UniM2Rec.Tests.Torch.Reference;

namespace UniM2Rec.Tests.Torch;

[Collection(TorchCollection.Name)]
public sealed class ReductionTests : IDisposable
{
    private static readonly double[] X = [1, 5, -2, 4, 0, 3];
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void Sums_means_and_deviations_along_dimensions()
    {
        Tensor x = Of(X, 2, 3);
        Close([11], x.sum());
        Close([5, 5, 1], x.sum(0L));
        Close([4, 7], x.sum(1));
        Close([11.0 / 6], x.mean());
        Close([4.0 / 3, 7.0 / 3], x.mean([1]));
        Assert.Equal([2, 1], x.mean([1], keepdim: true).shape);
        double mean = 4.0 / 3;
        double squares = Math.Pow(1 - mean, 2) + Math.Pow(5 - mean, 2) + Math.Pow(-2 - mean, 2);
        Assert.Equal(squares / 2, x.var(1)[0].ToDouble(), 1e-5);
        Assert.Equal(Math.Sqrt(squares / 3), x.std(1, unbiased: false)[0].ToDouble(), 1e-5);
        Close([1, 6, 4], x.cumsum(1)[0]);
        Close([-10, 0], x.prod(1), 1e-5);
        Close([Math.Sqrt(30), 5], x.norm(1));
        Close([Math.Sqrt(30), 5], linalg.vector_norm(x, 2, [1]));
    }

    [Fact]
    public void Extrema_with_their_places()
    {
        Tensor x = Of(X, 2, 3);
        Close([5], x.max());
        (Tensor values, Tensor indexes) = x.max(1);
        Close([5, 4], values);
        Assert.Equal([1L, 0], indexes.data<long>().ToArray());
        Assert.Equal([2L, 1], x.argmin(1).data<long>().ToArray());
        Close([4, 5, 3], x.amax([0L]));
        Assert.True(x.gt(4).any().ToBoolean());
        Assert.False(x.gt(4).all().ToBoolean());
    }

    [Fact]
    public void Softmax_and_logsumexp()
    {
        Tensor x = Of(X, 2, 3);
        double[] first = [Math.Exp(1), Math.Exp(5), Math.Exp(-2)];
        Close([.. first.Select(e => e / first.Sum())], x.softmax(1)[0]);
        Close([.. first.Select(e => Math.Log(e / first.Sum()))], x.log_softmax(1)[0]);
        Assert.Equal(Math.Log(first.Sum()), x.logsumexp(1)[0].ToDouble(), 1e-5);
    }

    [Fact]
    public void Sorting_and_distinct_values()
    {
        Tensor x = tensor(new float[] { 3, 1, 2, 3, 1 });
        (Tensor sorted, Tensor order) = x.sort(descending: true, stable: true);
        Close([3, 3, 2, 1, 1], sorted);
        Assert.Equal([0L, 3, 2, 1, 4], order.data<long>().ToArray());
        Close([3, 3], x.topk(2).values);
        Close([2], x.kthvalue(3, 0).values);
        (Tensor distinct, Tensor? inverse, Tensor? counts) = x.unique(return_inverse: true, return_counts: true);
        Close([1, 2, 3], distinct);
        Assert.Equal([2L, 0, 1, 2, 0], inverse!.data<long>().ToArray());
        Assert.Equal([2L, 1, 2], counts!.data<long>().ToArray());
        Assert.Equal([0L, 2, 1], bincount(tensor(new long[] { 1, 2, 1 })).data<long>().ToArray());
        Assert.Equal([0L, 1, 3], searchsorted(tensor(new float[] { 1, 2, 3 }), tensor(new float[] { 0.5f, 1.5f, 4 })).data<long>().ToArray());
    }
}
