using System.Numerics.Tensors;
using MathNet.Numerics.LinearAlgebra;

namespace UniM2Rec.Models.Numerics;

/// <summary>Orthonormal bases of tall dense blocks, through their small Gram matrices.</summary>
internal static class Orthonormalization
{
    private const int CholeskyPasses = 5;
    private const double Good = 1e-3;
    private const double Negligible = 1e-5;  // eigenvalues below this share of the largest belong to dependent columns

    /// <summary>
    /// Replaces y [rows, width] by an orthonormal basis of what its columns span and returns the basis's width, which is smaller than
    /// <paramref name="width"/> only where columns are dependent. Shifted Cholesky QR, repeated (Fukaya et al., SIAM J. Sci. Comput. 42, 2020);
    /// where that breaks down or does not converge, the eigenvectors of the Gram matrix.
    /// </summary>
    public static int Apply(ref float[] y, int rows, int width, CancellationToken cancellation)
    {
        if (ByCholesky(ref y, rows, width, cancellation))
            return width;
        int kept = ByEigenvectors(ref y, rows, width, cancellation);
        if (kept > 0)
            ByCholesky(ref y, rows, kept, cancellation);   // takes out the rounding that small eigenvalues have blown up
        return kept;
    }

    private static bool ByCholesky(ref float[] y, int rows, int width, CancellationToken cancellation)
    {
        for (int pass = 0; pass <= CholeskyPasses; pass++)
        {
            double[,] gram = DenseKernels.Gram(y, rows, width, cancellation);
            if (DistanceFromIdentity(gram) < Good)
                return true;
            if (pass == CholeskyPasses)
                break;
            double[] scales = Equilibrate(gram);
            if (Cholesky.InverseFactor(gram) is not { } transform)
                return false;
            ScaleRows(transform, scales);
            Replace(ref y, rows, width, transform, width, cancellation);
        }

        return false;
    }

    private static int ByEigenvectors(ref float[] y, int rows, int width, CancellationToken cancellation)
    {
        double[,] gram = DenseKernels.Gram(y, rows, width, cancellation);
        double[] scales = Equilibrate(gram);
        var (values, vectors) = SymmetricEigen.Descending(gram);
        int kept = values.Count(v => v > Negligible * Math.Max(values[0], double.Epsilon));
        float[] transform = new float[width * kept];
        for (int i = 0; i < width; i++)
        {
            for (int j = 0; j < kept; j++)
                transform[i * kept + j] = (float)(vectors[i, j] / Math.Sqrt(values[j]));
        }

        ScaleRows(transform, scales);
        Replace(ref y, rows, width, transform, kept, cancellation);
        return kept;
    }

    /// <summary>Divides rows and columns by the columns' lengths and returns the factors that did it; a column of zeros gets the factor 0.</summary>
    private static double[] Equilibrate(double[,] gram)
    {
        int size = gram.GetLength(0);
        double[] scales = new double[size];
        for (int i = 0; i < size; i++)
            scales[i] = gram[i, i] > 0 ? 1 / Math.Sqrt(gram[i, i]) : 0;
        for (int i = 0; i < size; i++)
        {
            for (int j = 0; j < size; j++)
                gram[i, j] *= scales[i] * scales[j];
        }

        return scales;
    }

    private static void ScaleRows(float[] transform, double[] scales)
    {
        int columns = transform.Length / scales.Length;
        for (int i = 0; i < transform.Length; i++)
            transform[i] = (float)(transform[i] * scales[i / columns]);
    }

    private static void Replace(ref float[] y, int rows, int width, float[] transform, int columns, CancellationToken cancellation)
    {
        float[] product = new float[(long)rows * columns];
        DenseKernels.Multiply(y, transform, (rows, width, columns), product, cancellation);
        y = product;
    }

    private static double DistanceFromIdentity(double[,] gram)
    {
        double distance = 0;
        for (int i = 0; i < gram.GetLength(0); i++)
        {
            for (int j = 0; j < gram.GetLength(1); j++)
                distance = Math.Max(distance, Math.Abs(gram[i, j] - (i == j ? 1 : 0)));
        }

        return distance;
    }
}

/// <summary>The triangular factor of a symmetric matrix with ones on its diagonal, whose entries have float32's rounding.</summary>
internal static class Cholesky
{
    private const double Noise = 1e-5;         // what rounding can take from the smallest eigenvalue of a matrix of about 1,000 columns
    private const double RelativeNoise = 1e-6; // the same, growing with the largest eigenvalue

    /// <summary>R⁻¹ of matrix + shift·I = RᵀR, row-major [size, size], with the smallest shift that outweighs rounding; null where even that is not positive definite.</summary>
    public static float[]? InverseFactor(double[,] matrix)
    {
        int size = matrix.GetLength(0);
        double shift = Math.Max(Noise, RelativeNoise * LargestEigenvalueBound(matrix));
        double[]? lower = Lower(matrix, shift, size);
        if (lower is null)
            return null;
        double[] inverse = new double[size * size];   // L⁻¹ by rows: each is a combination of the rows above it
        for (int i = 0; i < size; i++)
        {
            var row = inverse.AsSpan(i * size, i + 1);
            for (int t = 0; t < i; t++)
                TensorPrimitives.MultiplyAdd(inverse.AsSpan(t * size, t + 1), -lower[i * size + t], row[..(t + 1)], row[..(t + 1)]);
            row[i] += 1;
            TensorPrimitives.Divide(row, lower[i * size + i], row);
        }

        float[] transposed = new float[size * size];
        for (int i = 0; i < size; i++)
        {
            for (int j = 0; j <= i; j++)
                transposed[j * size + i] = (float)inverse[i * size + j];
        }

        return transposed;
    }

    private static double[]? Lower(double[,] matrix, double shift, int size)
    {
        double[] lower = new double[size * size];
        for (int i = 0; i < size; i++)
        {
            for (int j = 0; j <= i; j++)
            {
                double rest = matrix[i, j] - TensorPrimitives.Dot<double>(lower.AsSpan(i * size, j), lower.AsSpan(j * size, j));
                if (i != j)
                    lower[i * size + j] = rest / lower[j * size + j];
                else if (rest + shift > shift / 4)
                    lower[i * size + i] = Math.Sqrt(rest + shift);
                else
                    return null;
            }
        }

        return lower;
    }

    /// <summary>The Frobenius norm, which no eigenvalue passes.</summary>
    private static double LargestEigenvalueBound(double[,] matrix)
    {
        double sum = 0;
        foreach (double value in matrix)
            sum += value * value;
        return Math.Sqrt(sum);
    }
}

/// <summary>Eigenvalues and eigenvectors of small symmetric matrices.</summary>
internal static class SymmetricEigen
{
    /// <summary>Largest eigenvalue first; column j of the vectors belongs to value j and its entry of largest size is positive.</summary>
    public static (double[] Values, double[,] Vectors) Descending(double[,] symmetric)
    {
        int size = symmetric.GetLength(0);
        var eigen = Matrix<double>.Build.DenseOfArray(symmetric).Evd(Symmetricity.Symmetric);
        int[] order = Enumerable.Range(0, size).OrderByDescending(i => eigen.EigenValues[i].Real).ToArray();
        double[] values = Array.ConvertAll(order, i => eigen.EigenValues[i].Real);
        double[,] vectors = new double[size, size];
        for (int j = 0; j < size; j++)
        {
            var column = eigen.EigenVectors.Column(order[j]);
            int sign = column[column.AbsoluteMaximumIndex()] < 0 ? -1 : 1;
            for (int i = 0; i < size; i++)
                vectors[i, j] = sign * column[i];
        }

        return (values, vectors);
    }
}
