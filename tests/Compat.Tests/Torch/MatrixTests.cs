using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;
using static UniM2Rec.Tests.Torch.Reference;

namespace UniM2Rec.Tests.Torch;

[Collection(TorchCollection.Name)]
public sealed class MatrixTests : IDisposable
{
    private static readonly double[] A = Sequence(6, i => Math.Sin(i + 1));
    private static readonly double[] B = Sequence(12, i => Math.Cos(i * 0.7));
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    private delegate int Count();

    [Fact]
    public void Products_equal_the_plain_triple_loop()
    {
        double[] product = Product(A, B, 2, 3, 4);
        Tensor a = Of(A, 2, 3);
        Tensor b = Of(B, 3, 4);
        Close(product, a.matmul(b));
        Close(product, mm(a, b));
        Close(product, einsum("ik,kj->ij", a, b));
        Close([.. product.Select(value => 1 + (2 * value))], ones(2, 4).addmm(a, b, 1, 2));
        Close([.. product, .. product], bmm(a.expand(2, 2, 3), b.expand(2, 3, 4)));
        Close(product, nn.functional.linear(a, b.t()));
    }

    [Fact]
    public void Large_products_equal_the_plain_loop_on_any_thread_count()
    {
        const int Size = 96;
        double[] left = Sequence(Size * Size, i => Math.Sin(i));
        double[] right = Sequence(Size * Size, i => Math.Cos(i));
        double[] product = Product(left, right, Size, Size, Size);
        int former = get_num_threads();
        foreach (int threads in new[] { 1, 2 })
        {
            set_num_threads(threads);
            Assert.Equal(threads, get_num_threads());
            Close(product, Of(left, Size, Size).matmul(Of(right, Size, Size)), 1e-3);
        }
        set_num_threads(former);
    }

    [Fact]
    public void The_library_of_matrix_products_keeps_to_the_thread_count_too()
    {
        int former = get_num_threads();
        // OpenBLAS has threads of its own; where libtorch multiplies with something else, Torch itself passes the count on.
        if (!NativeLibrary.TryLoad("libopenblas.so.0", out nint openBlas)) return;
        var threads = Marshal.GetDelegateForFunctionPointer<Count>(NativeLibrary.GetExport(openBlas, "openblas_get_num_threads"));
        set_num_threads(1);
        Assert.Equal(1, threads());
        set_num_threads(2);
        Assert.Equal(2, threads());
        set_num_threads(former);
    }

    [Fact]
    public void Distances_between_rows()
    {
        Tensor distances = cdist(Of([0, 0, 3, 4], 2, 2), Of([0, 0, 1, 0], 2, 2));
        Close([0, 1, 5, Math.Sqrt(20)], distances);
        Close([10], Of([1, 2, 3], 3).dot(Of([3, 2, 1], 3)));
        Close([3, 4, 6, 8], outer(Of([1, 2], 2), Of([3, 4], 2)));
    }
}
