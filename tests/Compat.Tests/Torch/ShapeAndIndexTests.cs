using TorchSharp;
using static TorchSharp.torch;
using static UniM2Rec.Tests.Torch.Reference;

namespace UniM2Rec.Tests.Torch;

[Collection(TorchCollection.Name)]
public sealed class ShapeAndIndexTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void Views_share_memory_and_copies_do_not()
    {
        Tensor x = zeros(2, 3);
        x.view(6)[4] = tensor(5f);
        Assert.Equal(5, x[1, 1].ToSingle());
        x.clone()[0, 0] = tensor(1f);
        Assert.Equal(0, x[0, 0].ToSingle());
        Assert.False(x.t().is_contiguous());
        Assert.Equal([3, 2], x.t().shape);
        Assert.Equal([0f, 0, 0, 5, 0, 0], x.t().data<float>().ToArray());
    }

    [Fact]
    public void Shapes_follow_the_operations()
    {
        Tensor x = arange(24, dtype: ScalarType.Float32).reshape(2, 3, 4);
        Assert.Equal([4, 2, 3], x.permute(2, 0, 1).shape);
        Assert.Equal([2, 4, 3], x.transpose(1, 2).shape);
        Assert.Equal([6, 4], x.flatten(0, 1).shape);
        Assert.Equal([2, 3, 2, 2], x.unflatten(2, 2, 2).shape);
        Assert.Equal([2, 1, 3, 4], x.unsqueeze(1).shape);
        Assert.Equal([3, 4], x[0].shape);
        Assert.Equal([5, 3, 4], x.narrow(0, 0, 1).expand(5, 3, 4).shape);
        Assert.Equal([4, 3, 4], x.repeat(2, 1, 1).shape);
        Assert.Equal([2, 2, 4], x.split(2, 1)[0].shape);
        Assert.Equal([2, 1, 4], x.split(2, 1)[1].shape);
        Assert.Equal(3, x.unbind(1).Length);
        Assert.Equal([4, 3, 4], cat([x, x]).shape);
        Assert.Equal([2, 2, 3, 4], stack([x, x], 1).shape);
        Assert.Equal(3, x.dim());
        Assert.Equal(24, x.numel());
        Assert.Equal(4, x.size(-1));
    }

    [Fact]
    public void Indexing_takes_numbers_slices_new_axes_and_tensors()
    {
        Tensor x = arange(12).reshape(3, 4);
        Assert.Equal([1L, 5, 9], x[TensorIndex.Colon, 1].data<long>().ToArray());
        Assert.Equal([4L, 6], x[1, TensorIndex.Slice(0, 4, 2)].data<long>().ToArray());
        Assert.Equal([8L, 9, 10, 11], x[-1].data<long>().ToArray());
        Assert.Equal([3L, 7, 11], x[TensorIndex.Ellipsis, -1].data<long>().ToArray());
        Assert.Equal([3, 1, 4], x[TensorIndex.Colon, TensorIndex.Null].shape);
        Tensor rows = tensor(new long[] { 2, 0 });
        Tensor columns = tensor(new long[] { 1, 3 });
        Assert.Equal([9L, 3], x[rows, columns].data<long>().ToArray());
        Assert.Equal([10L, 2], x[TensorIndex.Tensor(rows), TensorIndex.Single(2)].data<long>().ToArray());
        Assert.Equal([10L, 11], x[x > 9].data<long>().ToArray());
        Assert.Equal([1L, 3, 5, 7, 9, 11], x[TensorIndex.Colon, TensorIndex.Tensor(columns)].data<long>().ToArray());
    }

    [Fact]
    public void Assignment_through_an_index_changes_only_those_elements()
    {
        Tensor x = zeros(3, 2);
        x[1] = tensor(new float[] { 1, 2 });
        x[TensorIndex.Colon, 1] = tensor(9f);
        x.index_put_(tensor(new float[] { 4, 5 }), tensor(new long[] { 0, 2 }), tensor(new long[] { 0, 0 }));
        Close([4, 9, 1, 9, 5, 9], x);
        x.index_put_(ones(2), [tensor(new long[] { 0, 0 }), tensor(new long[] { 0, 0 })], accumulate: true);
        Assert.Equal(6, x[0, 0].ToSingle());
    }

    [Fact]
    public void Gather_scatter_and_masks()
    {
        Tensor x = Of([1, 2, 3, 4, 5, 6], 2, 3);
        Tensor index = tensor(new long[,] { { 2, 0 }, { 1, 1 } });
        Close([3, 1, 5, 5], x.gather(1, index));
        Close([1, 0, 0, 2, 1, 0], zeros(2, 3).scatter_add_(1, tensor(new long[,] { { 0 }, { 0 } }), Of([1, 2], 2, 1))
            .scatter_add_(1, tensor(new long[,] { { 0 }, { 1 } }), Of([0, 1], 2, 1)));
        Close([0, 10, 0, 20, 0, 0], zeros(2, 3).index_add_(0, tensor(new long[] { 0, 1 }), Of([0, 10, 0, 20, 0, 0], 2, 3), 1));
        Close([4, 5, 6, 1, 2, 3], x.index_select(0, tensor(new long[] { 1, 0 })));
        Close([1, 2, 3, -1, -1, -1], x.masked_fill(x > 3, -1));
        Close([4, 5, 6], x.masked_select(x > 3));
        Close([1, 2, 3, 0, 0, 0], where(x > 3, zeros(1), x));
        Close([1, 0, 0, 4, 5, 0], x.tril());
    }
}
