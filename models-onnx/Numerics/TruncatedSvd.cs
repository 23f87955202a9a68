using System.Numerics.Tensors;

namespace UniM2Rec.Models.Numerics;

/// <summary>
/// The largest singular values of a sparse matrix and their right vectors. Small matrices are solved exactly through their Gram matrix;
/// large ones by randomised subspace iteration (Halko, Martinsson and Tropp, SIAM Review 53, 2011, algorithm 4.4) on the shorter side,
/// ended by a Rayleigh–Ritz step.
/// </summary>
internal sealed record TruncatedSvd(double[] SingularValues, float[] RightVectors, int Rank)
{
    private const double Negligible = 1e-7;   // squared singular values below this share of the largest are float32 noise

    /// <summary>Computes the decomposition; <see cref="RightVectors"/> is row-major [columns, Rank].</summary>
    /// <param name="matrix">the sparse matrix</param>
    /// <param name="options">how much is found, and how exactly</param>
    /// <param name="progress">told of each iteration</param>
    /// <param name="cancellation">stops the work</param>
    public static TruncatedSvd Compute(SparseMatrix matrix, SvdOptions options, IProgressSink progress, CancellationToken cancellation)
    {
        var (rank, oversampling, iterations, seed) = options;
        // Work on the side with fewer rows: `shorter` is [short, long].
        bool transposed = matrix.Columns < matrix.Rows;
        var shorter = transposed ? matrix.Transpose() : matrix;
        var longer = transposed ? matrix : matrix.Transpose();
        int width = (int)Math.Min((long)rank + oversampling, shorter.Rows);
        if (width == 0)
            return new TruncatedSvd([], [], 0);

        using var task = progress.Start("singular vectors", iterations, "iterations");
        float[] basis = width == shorter.Rows ? Identity(width) : RandomStart(shorter, width, seed, cancellation);
        float[] image = new float[(long)longer.Rows * width];
        float[] square = new float[(long)shorter.Rows * width];
        for (int iteration = 0; iteration < iterations && width < shorter.Rows; iteration++)
        {
            longer.Multiply(basis, width, image, cancellation);
            shorter.Multiply(image, width, square, cancellation);
            (basis, square) = (square, basis);
            int independent = Orthonormalization.Apply(ref basis, shorter.Rows, width, cancellation);
            if (independent < width)
            {
                width = independent;
                image = new float[(long)longer.Rows * width];
                square = new float[(long)shorter.Rows * width];
            }

            task.Advance();
        }

        longer.Multiply(basis, width, image, cancellation);
        var (values, vectors) = SymmetricEigen.Descending(DenseKernels.Gram(image, longer.Rows, width, cancellation));
        int found = values.Take(rank).Count(v => v > Negligible * Math.Max(values[0], double.Epsilon));
        double[] singular = Array.ConvertAll(values[..found], Math.Sqrt);

        // basis·E are the singular vectors of the short side, image·E/σ those of the long side.
        float[] right = new float[(long)matrix.Columns * found];
        float[] source = transposed ? basis : image;
        DenseKernels.Multiply(source, Rotation(vectors, width, found, transposed ? null : singular), (matrix.Columns, width, found), right, cancellation);
        return new TruncatedSvd(singular, right, found);
    }

    private static float[] Identity(int size)
    {
        float[] identity = new float[size * size];
        for (int i = 0; i < size; i++)
            identity[i * size + i] = 1;
        return identity;
    }

    private static float[] RandomStart(SparseMatrix shorter, int width, ulong seed, CancellationToken cancellation)
    {
        float[] random = new RandomNumbers(seed).Fill((long)shorter.Columns * width, 1f);
        float[] start = new float[(long)shorter.Rows * width];
        shorter.Multiply(random, width, start, cancellation);
        return start;
    }

    private static float[] Rotation(double[,] vectors, int width, int kept, double[]? divisors)
    {
        float[] rotation = new float[width * kept];
        for (int i = 0; i < width; i++)
        {
            for (int j = 0; j < kept; j++)
                rotation[i * kept + j] = (float)(vectors[i, j] / (divisors?[j] ?? 1));
        }

        return rotation;
    }
}

/// <summary>Settings of <see cref="TruncatedSvd"/>.</summary>
/// <param name="Rank">the most singular values to find; fewer where the matrix has fewer</param>
/// <param name="Oversampling">extra directions that are carried along and dropped at the end</param>
/// <param name="Iterations">subspace iterations; more give better trailing directions</param>
/// <param name="Seed">decides the random start</param>
internal sealed record SvdOptions(int Rank, int Oversampling, int Iterations, ulong Seed);

/// <summary>A sparse matrix, compressed by rows. Columns within a row may come in any order.</summary>
/// <param name="Rows">number of rows</param>
/// <param name="Columns">number of columns</param>
/// <param name="Offsets">[Rows + 1]: where each row begins in the two lists below</param>
/// <param name="Indices">column of each stored value</param>
/// <param name="Values">the stored values</param>
internal sealed record SparseMatrix(int Rows, int Columns, int[] Offsets, int[] Indices, float[] Values)
{
    /// <summary>The matrix with rows and columns exchanged; columns within a row come in rising order.</summary>
    public SparseMatrix Transpose()
    {
        int[] offsets = new int[Columns + 1];
        foreach (int column in Indices)
            offsets[column + 1]++;
        for (int column = 0; column < Columns; column++)
            offsets[column + 1] += offsets[column];
        int[] next = offsets.AsSpan(0, Columns).ToArray();
        int[] indices = new int[Indices.Length];
        float[] values = new float[Indices.Length];
        for (int row = 0; row < Rows; row++)
        {
            for (int i = Offsets[row]; i < Offsets[row + 1]; i++)
            {
                int place = next[Indices[i]]++;
                indices[place] = row;
                values[place] = Values[i];
            }
        }

        return new SparseMatrix(Columns, Rows, offsets, indices, values);
    }

    /// <summary>This matrix times a dense one [Columns, width] into [Rows, width], rows in parallel.</summary>
    public void Multiply(float[] dense, int width, float[] product, CancellationToken cancellation)
    {
        const int rowsPerTask = 64;
        var options = new ParallelOptions { CancellationToken = cancellation };
        Parallel.For(0, (Rows + rowsPerTask - 1) / rowsPerTask, options, task =>
        {
            for (int row = task * rowsPerTask; row < Math.Min(Rows, (task + 1) * rowsPerTask); row++)
            {
                var sum = product.AsSpan(checked(row * width), width);
                sum.Clear();
                for (int i = Offsets[row]; i < Offsets[row + 1]; i++)
                    TensorPrimitives.MultiplyAdd(dense.AsSpan(checked(Indices[i] * width), width), Values[i], sum, sum);
            }
        });
    }
}
