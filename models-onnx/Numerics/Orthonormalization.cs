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
        var kept = ByEigenvectors(ref y, rows, width, cancellation);
        if (kept > 0)
            ByCholesky(ref y, rows, kept, cancellation);   // takes out the rounding that small eigenvalues have blown up
        return kept;
    }

    private static bool ByCholesky(ref float[] y, int rows, int width, CancellationToken cancellation)
    {
        for (var pass = 0; pass <= CholeskyPasses; pass++)
        {
            var gram = DenseKernels.Gram(y, rows, width, cancellation);
            if (DistanceFromIdentity(gram) < Good)
                return true;
            if (pass == CholeskyPasses)
                break;
            var scales = Equilibrate(gram);
            if (Cholesky.InverseFactor(gram) is not { } transform)
                return false;
            ScaleRows(transform, scales);
            Replace(ref y, rows, width, transform, width, cancellation);
        }

        return false;
    }

    private static int ByEigenvectors(ref float[] y, int rows, int width, CancellationToken cancellation)
    {
        var gram = DenseKernels.Gram(y, rows, width, cancellation);
        var scales = Equilibrate(gram);
        var (values, vectors) = SymmetricEigen.Descending(gram);
        var kept = values.Count(v => v > Negligible * Math.Max(values[0], double.Epsilon));
        var transform = new float[width * kept];
        for (var i = 0; i < width; i++)
        {
            for (var j = 0; j < kept; j++)
                transform[i * kept + j] = (float)(vectors[i, j] / Math.Sqrt(values[j]));
        }

        ScaleRows(transform, scales);
        Replace(ref y, rows, width, transform, kept, cancellation);
        return kept;
    }

    /// <summary>Divides rows and columns by the columns' lengths and returns the factors that did it; a column of zeros gets the factor 0.</summary>
    private static double[] Equilibrate(double[,] gram)
    {
        var size = gram.GetLength(0);
        var scales = new double[size];
        for (var i = 0; i < size; i++)
            scales[i] = gram[i, i] > 0 ? 1 / Math.Sqrt(gram[i, i]) : 0;
        for (var i = 0; i < size; i++)
        {
            for (var j = 0; j < size; j++)
                gram[i, j] *= scales[i] * scales[j];
        }

        return scales;
    }

    private static void ScaleRows(float[] transform, double[] scales)
    {
        var columns = transform.Length / scales.Length;
        for (var i = 0; i < transform.Length; i++)
            transform[i] = (float)(transform[i] * scales[i / columns]);
    }

    private static void Replace(ref float[] y, int rows, int width, float[] transform, int columns, CancellationToken cancellation)
    {
        var product = new float[(long)rows * columns];
        DenseKernels.Multiply(y, rows, width, transform, columns, product, cancellation);
        y = product;
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
