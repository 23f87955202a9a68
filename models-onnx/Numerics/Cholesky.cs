using System.Numerics.Tensors;

namespace UniM2Rec.Models.Numerics;

/// <summary>The triangular factor of a symmetric positive definite matrix.</summary>
internal static class Cholesky
{
    /// <summary>R⁻¹ of g + shift·I = RᵀR, row-major [size, size].</summary>
    public static float[] InverseFactor(double[,] gram, double shift)
    {
        var size = gram.GetLength(0);
        var lower = Lower(gram, shift, size);
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

    private static double[] Lower(double[,] gram, double shift, int size)
    {
        var lower = new double[size * size];
        for (var i = 0; i < size; i++)
        {
            for (var j = 0; j <= i; j++)
            {
                var rest = gram[i, j] - TensorPrimitives.Dot<double>(lower.AsSpan(i * size, j), lower.AsSpan(j * size, j));
                lower[i * size + j] = i == j ? Math.Sqrt(Math.Max(rest + shift, shift)) : rest / lower[j * size + j];
            }
        }

        return lower;
    }
}
