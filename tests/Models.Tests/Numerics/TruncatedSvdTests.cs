using MathNet.Numerics.LinearAlgebra;
using UniM2Rec.Diagnostics;
using UniM2Rec.Models.Numerics;

namespace UniM2Rec.Tests.Numerics;

public sealed class TruncatedSvdTests
{
    [Theory]
    [InlineData(60, 90)]
    [InlineData(90, 60)]
    public void Singular_values_and_right_subspace_equal_a_dense_decomposition(int rows, int columns)
    {
        const int rank = 7;
        var (sparse, dense) = RandomMatrix(rows, columns);
        var exact = dense.Svd();

        var svd = TruncatedSvd.Compute(sparse, new SvdOptions(rank, 8, 60, 3), Progress.None, default);

        Assert.Equal(rank, svd.Rank);
        for (int i = 0; i < rank; i++)
            Assert.Equal(exact.S[i], svd.SingularValues[i], 3);
        // Equal subspaces have equal projectors V·Vᵀ, whatever the signs and the order within.
        var v = Matrix<double>.Build.Dense(columns, rank, (i, j) => svd.RightVectors[i * rank + j]);
        var exactV = exact.VT.SubMatrix(0, rank, 0, columns).Transpose();
        Assert.True((v * v.Transpose() - exactV * exactV.Transpose()).FrobeniusNorm() < 1e-2);
        Assert.True((v.Transpose() * v - Matrix<double>.Build.DenseIdentity(rank)).FrobeniusNorm() < 1e-4);
    }

    [Theory]
    [InlineData(5, 40)]
    [InlineData(40, 5)]
    public void A_small_matrix_is_solved_exactly(int rows, int columns)
    {
        var (sparse, dense) = RandomMatrix(rows, columns);
        var svd = TruncatedSvd.Compute(sparse, new SvdOptions(100, 8, 4, 3), Progress.None, default);

        Assert.Equal(5, svd.Rank);
        var v = Matrix<double>.Build.Dense(columns, 5, (i, j) => svd.RightVectors[i * 5 + j]);
        Assert.True((dense - dense * v * v.Transpose()).FrobeniusNorm() < 1e-4 * dense.FrobeniusNorm());
    }

    [Fact]
    public void A_steep_spectrum_still_gives_an_orthonormal_basis()
    {
        // Singular values fall by a factor of 10,000 over the rank asked for, far below what one Cholesky pass in float32 can separate.
        const int rank = 200;
        var random = new RandomNumbers(2);
        var sparse = FromDense(Matrix<double>.Build.Dense(320, 300, (_, j) => random.NextCentred() * Math.Pow(10, -j / 50.0)));

        var svd = TruncatedSvd.Compute(sparse, new SvdOptions(rank, 30, 4, 3), Progress.None, default);

        var v = Matrix<double>.Build.Dense(300, svd.Rank, (i, j) => svd.RightVectors[i * svd.Rank + j]);
        Assert.InRange(svd.Rank, 100, rank);
        Assert.True((v.Transpose() * v - Matrix<double>.Build.DenseIdentity(svd.Rank)).L2Norm() < 0.05);
    }

    [Fact]
    public void Dependent_rows_give_a_smaller_rank()
    {
        // 300 rows, but only 4 different ones.
        var sparse = FromDense(Matrix<double>.Build.Dense(300, 50, (i, j) => (i % 4 + 2) * (j + 1) % 7 == 3 ? i % 4 + 1 : 0));
        var svd = TruncatedSvd.Compute(sparse, new SvdOptions(10, 5, 3, 3), Progress.None, default);
        Assert.InRange(svd.Rank, 1, 4);
        Assert.All(svd.RightVectors, value => Assert.True(float.IsFinite(value)));
    }

    [Fact]
    public void The_same_seed_gives_the_same_bits()
    {
        var (sparse, _) = RandomMatrix(200, 300);
        var first = TruncatedSvd.Compute(sparse, new SvdOptions(20, 8, 3, 5), Progress.None, default);
        var second = TruncatedSvd.Compute(sparse, new SvdOptions(20, 8, 3, 5), Progress.None, default);
        Assert.Equal(first.RightVectors, second.RightVectors);
    }

    [Fact]
    public void A_cancelled_decomposition_stops()
    {
        var (sparse, _) = RandomMatrix(200, 300);
        Assert.ThrowsAny<OperationCanceledException>(() => TruncatedSvd.Compute(sparse, new SvdOptions(20, 8, 3, 5), Progress.None, new CancellationToken(true)));
    }

    [Theory]
    [InlineData(1, 5, 3)]
    [InlineData(3, 17, 40)]
    [InlineData(261, 33, 19)]
    [InlineData(600, 16, 16)]
    public void Dense_products_equal_plain_ones(int rows, int inner, int columns)
    {
        var random = new RandomNumbers(9);
        float[] y = random.Fill((long)rows * inner, 1);
        float[] m = random.Fill((long)inner * columns, 1);
        var dense = Matrix<double>.Build.Dense(rows, inner, (i, j) => y[i * inner + j]);
        float[] product = new float[rows * columns];

        DenseKernels.Multiply(y, m, (rows, inner, columns), product, default);
        double[,] gram = DenseKernels.Gram(y, rows, inner, default);

        var expected = dense * Matrix<double>.Build.Dense(inner, columns, (i, j) => m[i * columns + j]);
        Vectors.AssertClose([.. expected.ToRowMajorArray().Select(v => (float)v)], product, 1e-5);
        Vectors.AssertClose(
            [.. dense.TransposeThisAndMultiply(dense).ToRowMajorArray().Select(v => (float)v)], [.. gram.Cast<double>().Select(v => (float)v)], 1e-5);
    }

    private static (SparseMatrix, Matrix<double>) RandomMatrix(int rows, int columns)
    {
        var random = new RandomNumbers(1);
        var dense = Matrix<double>.Build.Dense(rows, columns, (_, j) => random.NextUnit() < 0.3 ? random.NextCentred() / (1 + j % 20) : 0);
        return (FromDense(dense), dense);
    }

    private static SparseMatrix FromDense(Matrix<double> dense)
    {
        var offsets = new List<int> { 0 };
        var indices = new List<int>();
        var values = new List<float>();
        for (int row = 0; row < dense.RowCount; row++)
        {
            for (int column = 0; column < dense.ColumnCount; column++)
            {
                if (dense[row, column] != 0)
                {
                    indices.Add(column);
                    values.Add((float)dense[row, column]);
                }
            }

            offsets.Add(indices.Count);
        }

        return new SparseMatrix(dense.RowCount, dense.ColumnCount, [.. offsets], [.. indices], [.. values]);
    }
}
