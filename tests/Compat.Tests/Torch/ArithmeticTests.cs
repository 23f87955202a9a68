using TorchSharp;
using static TorchSharp.torch;
using static UniM2Rec.Tests.Torch.Reference;

namespace UniM2Rec.Tests.Torch;

[Collection(TorchCollection.Name)]
public sealed class ArithmeticTests : IDisposable
{
    private static readonly double[] A = [-1.5, 0.25, 2, 3];
    private static readonly double[] B = [0.5, -2, 4, 1.25];
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void Operators_between_tensors_and_numbers_give_the_plain_results()
    {
        Tensor a = Of(A, 4);
        Tensor b = Of(B, 4);
        Close(Both((x, y) => x + y), a + b);
        Close(Both((x, y) => x - y), a - b);
        Close(Both((x, y) => x * y), a * b);
        Close(Both((x, y) => x / y), a / b);
        Close(Each(x => x + 2), a + 2);
        Close(Each(x => 2 - x), 2 - a);
        Close(Each(x => x * 0.5), a * 0.5);
        Close(Each(x => x / 4f), a / 4f);
        Close(Each(x => 3 / x), 3 / a);
        Close(Each(x => -x), -a);
        Close(Both((x, y) => x + (0.5 * y)), a.add(b, alpha: 0.5));
        Close(Both((x, y) => Math.Floor(x / y)), a.div(b, RoundingMode.floor));
        Close(Both((x, y) => Math.Truncate(x / y)), a.div(b, RoundingMode.trunc));
    }

    [Fact]
    public void A_number_does_not_change_the_element_type()
    {
        Assert.Equal(ScalarType.Float32, (Of(A, 4) * 2.0).dtype);
        Assert.Equal(ScalarType.Int64, (tensor(new long[] { 1, 2 }) + 1).dtype);
        Assert.Equal(ScalarType.Float32, (tensor(new long[] { 1, 2 }) / 2).dtype);
    }

    [Fact]
    public void Functions_of_one_element_give_the_plain_results()
    {
        Tensor a = Of(A, 4);
        Tensor positive = Of([0.1, 0.5, 1, 7], 4);
        double[] p = [0.1, 0.5, 1, 7];
        Close(Each(Math.Exp), a.exp());
        Close(Each(Math.Abs), a.abs());
        Close(Each(Math.Tanh), a.tanh());
        Close(Each(x => 1 / (1 + Math.Exp(-x))), a.sigmoid());
        Close(Each(x => x * x), a.square());
        Close(Each(x => Math.Max(x, 0)), nn.functional.relu(a));
        Close(Each(x => x / (1 + Math.Exp(-x))), nn.functional.silu(a));
        Close(Each(x => Math.Log(1 + Math.Exp(x))), a.softplus());
        Close(Each(x => Math.Clamp(x, -1, 1)), a.clamp(-1, 1));
        Close(Each(x => Math.Max(x, 0.5)), a.clamp_min(0.5));
        Close(Each(x => Math.Pow(x, 3)), a.pow(3));
        Close([.. p.Select(x => Math.Log(x))], positive.log());
        Close([.. p.Select(x => Math.Log(1 + x))], positive.log1p());
        Close([.. p.Select(x => Math.Exp(x) - 1)], positive.expm1(), 1e-3);
        Close([.. p.Select(x => 1 / Math.Sqrt(x))], positive.rsqrt());
    }

    [Fact]
    public void Operations_in_place_change_the_tensor_and_return_it()
    {
        Tensor a = Of(A, 4);
        Tensor b = Of(B, 4);
        Assert.Same(a, a.add_(b));
        Close(Both((x, y) => x + y), a);
        a.copy_(Of(A, 4)).addcmul_(b, b, value: 0.5);
        Close(Both((x, y) => x + (0.5 * y * y)), a);
        a.copy_(Of(A, 4)).addcdiv_(b, b, value: -2);
        Close(Each(x => x - 2), a);
        a.copy_(Of(A, 4)).lerp_(b, full(4, 0.25));
        Close(Both((x, y) => x + (0.25 * (y - x))), a);
        Close([7, 7, 7, 7], a.fill_(7));
        Close([0, 0, 0, 0], a.zero_());
    }

    [Fact]
    public void Comparisons_give_booleans()
    {
        Tensor a = Of(A, 4);
        Tensor b = Of(B, 4);
        Assert.Equal([false, true, false, true], (a > b).data<bool>().ToArray());
        Assert.Equal([true, true, false, false], (a < 1).data<bool>().ToArray());
        Assert.Equal([true, false, false, false], a.lt(0).logical_and(b.gt(0)).data<bool>().ToArray());
        Assert.True(a.allclose(a + 1e-9));
        Assert.False(a.Equals(b));
        Tensor odd = Of([double.NaN, double.PositiveInfinity, 1], 3);
        Assert.Equal([true, false, false], odd.isnan().data<bool>().ToArray());
        Assert.Equal([false, false, true], odd.isfinite().data<bool>().ToArray());
    }

    private static double[] Each(Func<double, double> function) => [.. A.Select(x => function(x))];

    private static double[] Both(Func<double, double, double> function) => [.. A.Zip(B, function)];
}
