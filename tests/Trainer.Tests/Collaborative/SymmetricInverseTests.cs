using UniM2Rec.Tests.Fixtures;
using UniM2Rec.Trainer.Collaborative;

namespace UniM2Rec.Tests.Collaborative;

public class SymmetricInverseTests
{
    [Theory]
    [InlineData(1, 4)]
    [InlineData(4, 4)]
    [InlineData(37, 8)]
    [InlineData(64, 100)]
    public void Is_the_library_s_inverse_whatever_the_blocks(int size, int block)
    {
        using var scope = NewDisposeScope();
        manual_seed(size);
        var x = randn(2 * size, size, dtype: ScalarType.Float64);
        var matrix = x.t().matmul(x) + (eye(size, dtype: ScalarType.Float64) * 3);
        var expected = linalg.inv(matrix);

        var inverse = SymmetricInverse.Of(matrix.clone(), block, WorkContext.Silent);

        Assert.Equal(0, (inverse - expected).abs().max().item<double>(), 1e-12);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(6)]
    [InlineData(15)]
    public void Stops_between_any_two_blocks(int after)
    {
        using var scope = NewDisposeScope();
        using var stop = new StopAfter(after);
        var matrix = eye(64, dtype: ScalarType.Float64) * 2;

        Assert.Throws<OperationCanceledException>(() => SymmetricInverse.Of(matrix, 8, stop.Context));
        Assert.Equal(after, stop.Advanced);
    }
}
