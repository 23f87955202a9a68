namespace UniM2Rec.Models.Numerics;

/// <summary>Orthonormal bases of tall dense blocks, through their small Gram matrices.</summary>
internal static class Orthonormalization
{
    private const int CholeskyPasses = 3;
    private const double Shift = 1e-6;       // of the mean squared column length: above float32's noise in the Gram matrix
    private const double Good = 1e-3;
    private const double Negligible = 1e-6;  // eigenvalues below this share of the largest belong to dependent columns

    /// <summary>
    /// Replaces y [rows, width] by an orthonormal basis of what its columns span and returns the basis's width, which is smaller than
    /// <paramref name="width"/> only where columns are dependent. Shifted Cholesky QR, repeated (Fukaya et al., SIAM J. Sci. Comput. 42, 2020);
    /// where that does not converge, the eigenvectors of the Gram matrix.
    /// </summary>
    public static int Apply(ref float[] y, int rows, int width, CancellationToken cancellation)
    {
        for (var pass = 0; pass <= CholeskyPasses; pass++)
        {
            var gram = DenseKernels.Gram(y, rows, width, cancellation);
            if (DistanceFromIdentity(gram) < Good)
                return width;
            if (pass == CholeskyPasses)
                break;
            Replace(ref y, rows, width, Cholesky.InverseFactor(gram, Shift * MeanDiagonal(gram)), width, cancellation);
        }

        return ByEigenvectors(ref y, rows, width, cancellation);
    }

    private static int ByEigenvectors(ref float[] y, int rows, int width, CancellationToken cancellation)
    {
        var gram = DenseKernels.Gram(y, rows, width, cancellation);
        var (values, vectors) = SymmetricEigen.Descending(gram);
        var kept = values.Count(v => v > Negligible * values[0]);
        var transform = new float[width * kept];
        for (var i = 0; i < width; i++)
        {
            for (var j = 0; j < kept; j++)
                transform[i * kept + j] = (float)(vectors[i, j] / Math.Sqrt(values[j]));
        }

        Replace(ref y, rows, width, transform, kept, cancellation);
        return kept;
    }

    private static void Replace(ref float[] y, int rows, int width, float[] transform, int columns, CancellationToken cancellation)
    {
        var product = new float[(long)rows * columns];
        DenseKernels.Multiply(y, rows, width, transform, columns, product, cancellation);
        y = product;
    }

    private static double MeanDiagonal(double[,] gram)
    {
        double sum = double.Epsilon;
        for (var i = 0; i < gram.GetLength(0); i++)
            sum += gram[i, i];
        return sum / gram.GetLength(0);
    }

    private static double DistanceFromIdentity(double[,] gram)
    {
        double distance = 0;
        for (var i = 0; i < gram.GetLength(0); i++)
        {
            for (var j = 0; j < gram.GetLength(1); j++)
                distance = Math.Max(distance, Math.Abs(gram[i, j] - (i == j ? 1 : 0)));
        }

        return distance;
    }
}
