using System.Numerics.Tensors;

namespace UniM2Rec.Models.Numerics;

/// <summary>The triangular factor of a symmetric matrix with ones on its diagonal, whose entries have float32's rounding.</summary>
internal static class Cholesky
{
    private const double Noise = 1e-5;         // what rounding can take from the smallest eigenvalue of a matrix of about 1,000 columns
    private const double RelativeNoise = 1e-6; // the same, growing with the largest eigenvalue

    /// <summary>R⁻¹ of matrix + shift·I = RᵀR, row-major [size, size], with the smallest shift that outweighs rounding; null where even that is not positive definite.</summary>
    public static float[]? InverseFactor(double[,] matrix)
    {
        var size = matrix.GetLength(0);
        var shift = Math.Max(Noise, RelativeNoise * LargestEigenvalueBound(matrix));
        var lower = Lower(matrix, shift, size);
        if (lower is null)
            return null;
        var inverse = new double[size * size];   // L⁻¹ by rows: each is a combination of the rows above it
        for (var i = 0; i < size; i++)
        {
            var row = inverse.AsSpan(i * size, i + 1);
            for (var t = 0; t < i; t++)
                TensorPrimitives.MultiplyAdd(inverse.AsSpan(t * size, t + 1), -lower[i * size + t], row[..(t + 1)], row[..(t + 1)]);
            row[i] += 1;
            TensorPrimitives.Divide(row, lower[i * size + i], row);
        }

        var transposed = new float[size * size];
        for (var i = 0; i < size; i++)
        {
            for (var j = 0; j <= i; j++)
                transposed[j * size + i] = (float)inverse[i * size + j];
        }

        return transposed;
    }

    private static double[]? Lower(double[,] matrix, double shift, int size)
    {
        var lower = new double[size * size];
        for (var i = 0; i < size; i++)
        {
            for (var j = 0; j <= i; j++)
            {
                var rest = matrix[i, j] - TensorPrimitives.Dot<double>(lower.AsSpan(i * size, j), lower.AsSpan(j * size, j));
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
        foreach (var value in matrix)
            sum += value * value;
        return Math.Sqrt(sum);
    }
}
